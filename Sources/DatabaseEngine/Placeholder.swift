enum DatabaseEnginePlaceholder {}
