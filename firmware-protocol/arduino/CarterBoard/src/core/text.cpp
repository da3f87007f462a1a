#include "text.h"

#include "flash.h"
#include "limits.h"
#include "words.h"

namespace carter {

static const char RESERVED[] CARTER_FLASH = "msg_type|bridge|e2ee";

bool isId(const char* field) {
  uint8_t length = 0;
  for (char c; (c = field[length]) != '\0'; length++) {
    const bool isLetter = c >= 'a' && c <= 'z';
    if (!isLetter && (length == 0 || !((c >= '0' && c <= '9') || c == '_'))) return false;
    if (length == MAX_ID) return false;
  }
  return length > 0 && findWord(RESERVED, field) == NO_WORD;
}

uint8_t characterLength(const char* text) {
  const uint8_t first = text[0];
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const uint8_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  const uint8_t second = text[1];
  // No needlessly long forms, no surrogates, nothing beyond the last character.
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second > 0x9F) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  for (uint8_t i = 1; i < length; i++) {
    if ((text[i] & 0xC0) != 0x80) return 0;
  }
  return length;
}

/** Whether this is the whole text, which as `-` or `?` would mean something else. */
static bool isWord(const char* text, uint8_t length) {
  return length == 1 && (*text == '-' || *text == '?');
}

bool decodeText(char* field) {
  if (field[0] == '\0') return false;
  if (field[0] == '-' && field[1] == '\0') {
    field[0] = '\0';
    return true;
  }
  char* to = field;
  bool escaped = false;
  bool needless = false;
  for (const char* from = field; *from != '\0';) {
    char c = *from++;
    if (c == '%') {
      const uint8_t high = hexValue(from[0]);
      const uint8_t low = high > 15 ? 255 : hexValue(from[1]);
      if (low > 15) return false;
      c = static_cast<char>(high << 4 | low);
      if (c == '\0') return false;
      from += 2;
      escaped = true;
      if (isPlain(c)) needless = true;
    }
    *to++ = c;
  }
  *to = '\0';
  const bool word = isWord(field, static_cast<uint8_t>(to - field));
  if (word ? !escaped : needless) return false;
  for (const char* at = field; *at != '\0';) {
    const uint8_t length = characterLength(at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

uint8_t hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 255;
}

char hexDigit(uint8_t value) {
  return value < 10 ? '0' + value : 'A' + value - 10;
}

}  // namespace carter
