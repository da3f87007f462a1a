#include "words.h"

#include "flash.h"

namespace carter {

const char* nthWord(const char* list, uint8_t index) {
  while (index > 0) {
    const char c = flash(*list++);
    if (c == '|') index--;
    if (c == '\0') return list - 1;
  }
  return list;
}

uint8_t findWord(const char* list, const char* word) {
  for (uint8_t index = 0;; index++) {
    const char* at = word;
    char c = flash(*list++);
    while (c != '\0' && c == *at) {
      at++;
      c = flash(*list++);
    }
    if (*at == '\0' && (c == '|' || c == '\0')) return index;
    while (c != '|') {
      if (c == '\0') return NO_WORD;
      c = flash(*list++);
    }
  }
}

uint8_t countWords(const char* list) {
  uint8_t count = 1;
  for (char c; (c = flash(*list)) != '\0'; list++) {
    if (c == '|') count++;
  }
  return count;
}

}  // namespace carter
