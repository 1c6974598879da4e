#include <curl/curl.h>
#include <string.h>

/// One message for one recipient: what libcurl is told, and what came of it. Swift can call
/// neither variadic functions nor hand them callbacks, so all of it stands here.
struct smtp_delivery {
    const char *url, *user, *password, *from, *to, *authorities;
    /// A value of `curl_usessl`.
    long tls;
    long connect_seconds, total_seconds;
    const char *bytes;
    size_t length, sent;
    /// Asked about once a second: anything but 0 ends the delivery.
    int (*stopped)(void *);
    void *context;
    /// The server's last refusal, as it came; empty when what it said last was no refusal.
    char refusal[1024];
    char error[CURL_ERROR_SIZE];
};

static inline size_t smtp_give(char *buffer, size_t size, size_t count, void *context) {
    struct smtp_delivery *delivery = context;
    size_t room = size * count, left = delivery->length - delivery->sent;
    size_t bytes = room < left ? room : left;
    memcpy(buffer, delivery->bytes + delivery->sent, bytes);
    delivery->sent += bytes;
    return bytes;
}

/// A line that the server says. 221 is its farewell, which follows a refusal as well.
static inline size_t smtp_hear(char *line, size_t size, size_t count, void *context) {
    struct smtp_delivery *delivery = context;
    size_t length = size * count, known = strlen(delivery->refusal);
    if (length < 3 || strncmp(line, "221", 3) == 0) return length;
    if (line[0] != '4' && line[0] != '5') {
        delivery->refusal[0] = 0;
        return length;
    }
    if (strncmp(line, delivery->refusal, 3) != 0) known = 0;
    size_t room = sizeof delivery->refusal - known - 1;
    size_t bytes = length < room ? length : room;
    memcpy(delivery->refusal + known, line, bytes);
    delivery->refusal[known + bytes] = 0;
    return length;
}

static inline size_t smtp_ignore(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes, (void)context;
    return size * count;
}

static inline int smtp_watch(
    void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    (void)a, (void)b, (void)c, (void)d;
    struct smtp_delivery *delivery = context;
    return delivery->stopped(delivery->context);
}

static inline CURLcode smtp_global(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

/// Sends the message over a connection of its own. Blocks, for `total_seconds` at most.
static inline CURLcode smtp_deliver(struct smtp_delivery *delivery) {
    CURL *curl = curl_easy_init();
    struct curl_slist *to = curl_slist_append(NULL, delivery->to);
    if (!curl || !to) {
        curl_easy_cleanup(curl);
        curl_slist_free_all(to);
        return CURLE_OUT_OF_MEMORY;
    }
    curl_easy_setopt(curl, CURLOPT_URL, delivery->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    // Nothing of the environment shall lead mail elsewhere.
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, delivery->connect_seconds);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, delivery->total_seconds);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, delivery->tls);
    if (delivery->authorities) curl_easy_setopt(curl, CURLOPT_CAINFO, delivery->authorities);
    if (delivery->user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, delivery->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, delivery->password);
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, delivery->from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, smtp_give);
    curl_easy_setopt(curl, CURLOPT_READDATA, delivery);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)delivery->length);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, smtp_hear);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, delivery);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, smtp_ignore);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, smtp_watch);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, delivery);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, delivery->error);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    curl_slist_free_all(to);
    return code;
}
