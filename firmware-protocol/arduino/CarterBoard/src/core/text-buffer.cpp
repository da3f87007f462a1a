#include "text-buffer.h"

#include <string.h>

#include "text.h"

namespace carter {

bool TextBuffer::read(char* field) const {
  return decodeText(field) && strlen(field) < size;
}

int32_t TextBuffer::keep(const char* from) {
  if (strcmp(from, text) == 0) return version;
  char* to = text;
  uint8_t room = size - 1;
  while (*from != '\0') {
    const uint8_t length = characterLength(from);
    const uint8_t taken = length == 0 ? 1 : length;
    if (taken > room) break;
    for (uint8_t i = 0; i < taken; i++) *to++ = length == 0 ? '?' : from[i];
    from += taken;
    room -= taken;
  }
  *to = '\0';
  return ++version;
}

const char* TextBuffer::snapshot() {
  strcpy(copy, text);
  return copy;
}

}  // namespace carter
