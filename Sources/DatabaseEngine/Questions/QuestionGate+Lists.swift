extension QuestionGate {
    /// Functions that compute from what they are given and know nothing else. Most need no more memory than that;
    /// `string_agg` and `array_agg` gather all of it into one value, which the server ends at 1 GB.
    static let functions: Set<String> = [
        "count", "sum", "avg", "min", "max", "bool_and", "bool_or", "every", "string_agg", "array_agg", "mode",
        "percentile_cont", "percentile_disc", "stddev", "variance", "coalesce", "nullif", "greatest", "least", "lower",
        "upper", "initcap", "length", "char_length", "substr", "substring", "left", "right", "trim", "ltrim", "rtrim",
        "btrim", "replace", "position", "strpos", "split_part", "concat", "concat_ws", "reverse", "starts_with",
        "overlay", "translate", "round", "abs", "ceil", "ceiling", "floor", "trunc", "sign", "mod", "power", "sqrt",
        "ln", "log", "exp", "now", "date_trunc", "date_part", "extract", "age", "to_char", "to_date", "to_timestamp",
        "make_date", "make_interval", "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag",
        "lead", "first_value", "last_value", "nth_value", "cast",
    ]

    /// Types a value can be cast to.
    static let types: Set<String> = [
        "int", "integer", "bigint", "smallint", "numeric", "decimal", "real", "double", "float", "text", "varchar",
        "char",
        "character", "boolean", "bool", "date", "time", "timestamp", "timestamptz", "interval",
    ]

    /// Words that a parenthesis may follow.
    static let beforeParenthesis: Set<String> = [
        "select", "distinct", "on", "from", "join", "where", "and", "or", "not", "in", "exists", "any", "all", "some",
        "as",
        "case", "when", "then", "else", "between", "like", "ilike", "similar", "to", "is", "by", "having", "over",
        "filter",
        "group", "within", "using", "union", "intersect", "except", "values", "limit", "offset", "lateral", "array",
        "escape",
        "materialized", "sets", "rollup", "cube", "partition", "range", "return",
    ]

    /// Words that a text may follow.
    static let beforeText: Set<String> = [
        "select", "distinct", "where", "and", "or", "not", "in", "as", "case", "when", "then", "else", "between",
        "like",
        "ilike", "similar", "to", "by", "having", "escape", "from", "for", "zone", "on", "values", "limit", "offset",
        "all",
        "both", "leading", "trailing", "is",
    ]

    /// Words that have no place in a question.
    static let refused: Set<String> = [
        "insert", "update", "delete", "merge", "into", "copy", "call", "do", "set", "table", "lock", "execute",
        "prepare",
        "declare", "truncate", "create", "alter", "drop", "grant", "revoke", "tablesample", "operator",
        "current_user", "session_user", "user", "current_role", "current_catalog", "current_schema", "xmltable",
        "json_table",
    ]
}
