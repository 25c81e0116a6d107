#ifndef CMEMORYSETTINGS_H
#define CMEMORYSETTINGS_H

/// Settings of memory for the whole process, which Swift cannot call: they are macros, or take varying arguments.

/// Settings of SQLite, made before its first use. Returns 0, or SQLite's error when SQLite was in use already: it then
/// works as before, only slower.
int cmemory_configure_sqlite(void);

/// Bounds the pools that glibc keeps for threads: with one for each, what a thread freed the others cannot use. Called
/// before there are threads.
void cmemory_share_pools(int pools);

#endif
