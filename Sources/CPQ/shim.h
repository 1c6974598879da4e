#include <libpq-fe.h>

struct ssl_st;
extern int SSL_pending(const struct ssl_st *tls);

/// Bytes that OpenSSL has decrypted and libpq has not taken: no poll of the socket tells of them.
static inline int decrypted_bytes(PGconn *connection) {
    struct ssl_st *tls = PQgetssl(connection);
    return tls ? SSL_pending(tls) : 0;
}
