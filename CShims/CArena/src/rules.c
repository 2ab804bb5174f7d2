// The names of the rules: the one place where a rule's number becomes the word that lines, records and reports print.
#include "lw_finding.h"

static const char *const names[LW_RULE_COUNT] = {
#define X(number, name) [number] = name,
    LW_RULES(X)
#undef X
};

const char *lw_rule_name(lw_rule rule) {
  if (rule == 0 || rule >= LW_RULE_COUNT) return "unknown-rule";
  return names[rule];
}
