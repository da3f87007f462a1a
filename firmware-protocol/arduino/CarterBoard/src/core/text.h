#pragma once
#include <stdint.h>

namespace carter {

/** Whether a byte of a text stands for itself on the line; others are `%` and two hex digits. */
constexpr bool isPlain(char c) {
  return c > ' ' && c <= '~' && c != '*' && c != '%';
}

/** The ids of boards and points, and the names of events; false for the reserved ones. */
bool isId(const char* field);

/** Length in bytes of the UTF-8 character that begins here; 0 where none does. */
uint8_t characterLength(const char* text);

/** Turns a field into the text that it spells, in place; false where it spells none. */
bool decodeText(char* field);

/** Value of an upper-case hex digit; 255 for any other character. */
uint8_t hexValue(char c);
/** The other way round. */
char hexDigit(uint8_t value);

}  // namespace carter
