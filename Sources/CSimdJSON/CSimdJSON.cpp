#include "CSimdJSON.h"

#include <cstring>
#include <new>
#include <simdjson.h>
#include <string>
#include <type_traits>

using simdjson::dom::document;
using simdjson::dom::element;
using simdjson::internal::tape_ref;
using simdjson::internal::tape_type;

// simdjson's element is one tape_ref; the C side carries the same two words by value.
static_assert(sizeof(element) == sizeof(csj_element), "element is a document and an index");
static_assert(sizeof(tape_ref) == sizeof(csj_element), "tape_ref is a document and an index");
static_assert(std::is_trivially_copyable<element>::value, "element may be copied byte by byte");

struct csj_parser {
    simdjson::dom::parser parser;
    std::string text;
    explicit csj_parser(size_t limit) : parser(limit) {}
};

static tape_ref at(const void *doc, size_t index) {
    return tape_ref(static_cast<const document *>(doc), index);
}

static tape_ref at(csj_element element) { return at(element.document, element.index); }

extern "C" {

csj_parser *csj_parser_create(size_t limit) { return new (std::nothrow) csj_parser(limit); }

void csj_parser_free(csj_parser *parser) { delete parser; }

size_t csj_padding(void) { return simdjson::SIMDJSON_PADDING; }

int csj_parse(csj_parser *parser, const char *bytes, size_t count, bool padded, csj_element *root) {
    element parsed;
    auto error = parser->parser.parse(bytes, count, !padded).get(parsed);
    if (error) { return error; }
    std::memcpy(root, &parsed, sizeof parsed);
    return 0;
}

const char *csj_error(int error) { return simdjson::error_message(static_cast<simdjson::error_code>(error)); }

csj_type csj_type_of(csj_element element) {
    switch (at(element).tape_ref_type()) {
    case tape_type::START_OBJECT: return CSJ_OBJECT;
    case tape_type::START_ARRAY: return CSJ_ARRAY;
    case tape_type::STRING: return CSJ_STRING;
    case tape_type::INT64:
    case tape_type::UINT64: return CSJ_INTEGER;
    case tape_type::DOUBLE: return CSJ_DOUBLE;
    case tape_type::TRUE_VALUE:
    case tape_type::FALSE_VALUE: return CSJ_BOOL;
    default: return CSJ_NULL;
    }
}

static csj_walk walk_of(csj_element container, tape_type type) {
    tape_ref start = at(container);
    if (start.tape_ref_type() != type) { return {container.document, 0, 0}; }
    return {container.document, container.index + 1, start.after_element() - 1};
}

bool csj_field(csj_element object, const char *key, size_t count, csj_element *value) {
    csj_walk walk = walk_of(object, tape_type::START_OBJECT);
    while (walk.index < walk.end) {
        tape_ref name = at(walk.document, walk.index);
        size_t index = walk.index + 1;
        if (name.get_string_length() == count && std::memcmp(name.get_c_str(), key, count) == 0) {
            *value = {walk.document, index};
            return true;
        }
        walk.index = at(walk.document, index).after_element();
    }
    return false;
}

csj_walk csj_values(csj_element container) {
    tape_type type = at(container).tape_ref_type();
    if (type != tape_type::START_OBJECT && type != tape_type::START_ARRAY) { return {container.document, 0, 0}; }
    return walk_of(container, type);
}

bool csj_next_value(csj_walk *walk, csj_element *value) {
    if (walk->index >= walk->end) { return false; }
    *value = {walk->document, walk->index};
    walk->index = at(walk->document, walk->index).after_element();
    return true;
}

bool csj_next_field(csj_walk *walk, csj_text *key, csj_element *value) {
    if (walk->index >= walk->end) { return false; }
    tape_ref name = at(walk->document, walk->index);
    *key = {name.get_c_str(), name.get_string_length()};
    walk->index += 1;
    return csj_next_value(walk, value);
}

size_t csj_count(csj_element container) {
    tape_type type = at(container).tape_ref_type();
    if (type != tape_type::START_OBJECT && type != tape_type::START_ARRAY) { return 0; }
    return at(container).scope_count();
}

csj_text csj_string(csj_element element) {
    tape_ref reference = at(element);
    if (reference.tape_ref_type() != tape_type::STRING) { return {nullptr, 0}; }
    return {reference.get_c_str(), reference.get_string_length()};
}

bool csj_int64(csj_element element, int64_t *value) {
    tape_ref reference = at(element);
    if (!reference.is_int64()) { return false; }
    *value = reference.next_tape_value<int64_t>();
    return true;
}

bool csj_double(csj_element element, double *value) {
    tape_ref reference = at(element);
    if (reference.is_double()) {
        *value = reference.next_tape_value<double>();
    } else if (reference.is_int64()) {
        *value = static_cast<double>(reference.next_tape_value<int64_t>());
    } else if (reference.is_uint64()) {
        *value = static_cast<double>(reference.next_tape_value<uint64_t>());
    } else {
        return false;
    }
    return true;
}

bool csj_is_true(csj_element element) { return at(element).is_true(); }

csj_text csj_minify(csj_parser *parser, csj_element value) {
    element printed;
    std::memcpy(&printed, &value, sizeof value);
    parser->text = simdjson::to_string(printed);
    return {parser->text.data(), parser->text.size()};
}
}
