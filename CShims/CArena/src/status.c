// The sentences of lw_status, from the table in the header.
#include "lw_arena.h"

static const char *const sentences[] = {
#define X(symbol, sentence) [symbol] = sentence,
    LW_STATUSES(X)
#undef X
};

const char *lw_status_sentence(lw_status status) { return sentences[status]; }
