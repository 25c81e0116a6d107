#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser with its buffers. One document lives in it at a time; the next parse replaces it. Not for two threads at once.
typedef struct csj_parser csj_parser;

/// A value inside the parser's present document. Valid until the next parse or the parser's end.
typedef struct {
    const void *document;
    size_t index;
} csj_element;

/// Where a walk over an array or object stands.
typedef struct {
    const void *document;
    size_t index;
    size_t end;
} csj_walk;

/// Bytes inside the document; not zero-terminated.
typedef struct {
    const char *bytes;
    size_t count;
} csj_text;

typedef enum {
    CSJ_NULL = 0,
    CSJ_BOOL,
    CSJ_INTEGER,
    CSJ_DOUBLE,
    CSJ_STRING,
    CSJ_ARRAY,
    CSJ_OBJECT,
} csj_type;

/// A parser that refuses documents longer than `limit` bytes; null when memory is short.
csj_parser *csj_parser_create(size_t limit);
void csj_parser_free(csj_parser *parser);

/// How many bytes past the end must be readable for a parse without a copy.
size_t csj_padding(void);

/// Parses one document; 0 is success, anything else an error for `csj_error`.
/// `padded` tells that `csj_padding()` bytes after the end may be read.
int csj_parse(csj_parser *parser, const char *bytes, size_t count, bool padded, csj_element *root);

/// What an error number means, in English. Never null.
const char *csj_error(int error);

csj_type csj_type_of(csj_element element);

/// The value of a key of an object; false when there is none or the element is no object.
bool csj_field(csj_element object, const char *key, size_t count, csj_element *value);

/// A walk over the values of an array or the fields of an object; empty for anything else.
csj_walk csj_values(csj_element container);
bool csj_next_value(csj_walk *walk, csj_element *value);
bool csj_next_field(csj_walk *walk, csj_text *key, csj_element *value);

/// How many values or fields a container holds (saturates at 16,777,215).
size_t csj_count(csj_element container);

csj_text csj_string(csj_element element);
bool csj_int64(csj_element element, int64_t *value);
bool csj_double(csj_element element, double *value);
bool csj_is_true(csj_element element);

/// The element as JSON text without spaces; lives until the next call with this parser.
csj_text csj_minify(csj_parser *parser, csj_element element);

#ifdef __cplusplus
}
#endif

#endif
