#include "decimal.h"

#include "flash.h"
#include "limits.h"

namespace carter {

static const uint32_t POWERS[MAX_DIGITS] CARTER_FLASH = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
};

// Subtracts powers of ten: a division of 32 bits takes an AVR 600 cycles a digit.
char* printDecimal(char* to, int32_t value, uint8_t decimals) {
  uint32_t rest = static_cast<uint32_t>(value);
  if (value < 0) {
    rest = -rest;
    *to++ = '-';
  }
  bool begun = false;
  for (uint8_t place = MAX_DIGITS; place-- > 0;) {
    const uint32_t power = flash(POWERS[place]);
    char digit = '0';
    while (rest >= power) {
      rest -= power;
      digit++;
    }
    if (digit != '0' || place <= decimals) begun = true;
    if (begun) *to++ = digit;
    if (place == decimals && place > 0) *to++ = '.';
  }
  if (decimals > 0) {
    while (to[-1] == '0') to--;
    if (to[-1] == '.') to--;
  }
  *to = '\0';
  return to;
}

static bool isDigit(char c) {
  return static_cast<uint8_t>(c - '0') < 10;
}

// Three shifts and a sum: a product of 32 bits takes an AVR longer.
static inline int32_t tenTimes(int32_t value) {
  return ((value << 2) + value) << 1;
}

bool readDecimal(const char* field, uint8_t decimals, int32_t& value) {
  const uint8_t NO_POINT = 255, ROUNDED = 254;
  const bool negative = *field == '-';
  if (negative) field++;
  if (*field == '0' && isDigit(field[1])) return false;
  int32_t units = 0;
  uint8_t digits = 0;
  // Digits behind the point that are still to come until the smallest unit.
  uint8_t left = NO_POINT;
  for (;; field++) {
    const char c = *field;
    if (isDigit(c)) {
      if (++digits > MAX_DIGITS) return false;
      if (left == 0) {
        if (c >= '5') units++;
        left = ROUNDED;
      } else if (left != ROUNDED) {
        units = tenTimes(units) + (c - '0');
        if (left != NO_POINT) left--;
      }
    } else if (c == '.' && left == NO_POINT && decimals != WHOLE && digits > 0 && isDigit(field[1])) {
      left = decimals;
    } else {
      break;
    }
  }
  if (decimals == WHOLE) {
    if (negative) return false;
    decimals = 0;
  }
  if (left == NO_POINT) left = decimals;
  if (left == ROUNDED) left = 0;
  if (*field != '\0' || digits == 0 || digits + left > MAX_DIGITS) return false;
  for (; left > 0; left--) units = tenTimes(units);
  value = negative ? -units : units;
  return true;
}

}  // namespace carter
