#pragma once
#include <stdint.h>

/** Lists of words as one text with `|` between them, looked at by the compiler. */
namespace carter {

constexpr bool ends(char c, bool inList) {
  return c == '\0' || (inList && c == '|');
}

constexpr bool hasNext(const char* list) {
  return *list != '\0' && (*list == '|' || hasNext(list + 1));
}

constexpr const char* nextOf(const char* list) {
  return *list == '|' ? list + 1 : nextOf(list + 1);
}

constexpr unsigned wordsFrom(const char* list) {
  return 1 + (hasNext(list) ? wordsFrom(nextOf(list)) : 0);
}

}  // namespace carter
