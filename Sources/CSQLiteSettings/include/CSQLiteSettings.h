#ifndef CSQLITESETTINGS_H
#define CSQLITESETTINGS_H

/// Settings of SQLite for the whole process, made before its first use; Swift cannot call `sqlite3_config`, whose
/// arguments vary. Returns 0, or SQLite's error when SQLite was in use already: it then works as before, only slower.
int csqlite_configure(void);

#endif
