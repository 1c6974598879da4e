#include <yajl/yajl_parse.h>

// Swift calls no variadic functions.
static inline int yajl_allow_many_values(yajl_handle parser) {
    return yajl_config(parser, yajl_allow_multiple_values, 1);
}
