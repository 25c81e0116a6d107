#include "CMemorySettings.h"

#include <malloc.h>
#include <sqlite3.h>

int cmemory_configure_sqlite(void) {
    // Counting every allocation takes a lock that all connections share; nobody reads the counts.
    int error = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (error != SQLITE_OK) { return error; }
    // Cursors and bound values of a statement come from here instead of malloc: 600 kB a connection.
    return sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1200, 500);
}

void cmemory_share_pools(int pools) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, pools);
#endif
}
