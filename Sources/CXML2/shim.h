// Debian's libxml2 is built with ICU, whose headers clash with those of Foundation's own ICU.
// They are needed for two pointers in a struct that is never touched from here.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/parser.h>
