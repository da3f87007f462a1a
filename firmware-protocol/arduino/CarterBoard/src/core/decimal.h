#pragma once
#include <stdint.h>

#include "flash.h"

/** Numbers as whole multiples of 1, 0.1, 0.01, …: no floating point where it would cost flash. */
namespace carter {

/** Room for the longest number and its end. */
constexpr uint8_t DECIMAL_ROOM = 13;

/** Writes `value` / 10^`decimals` in its shortest form; at most nine digits. Returns the end. */
char* printDecimal(char* to, int32_t value, uint8_t decimals);

/** In place of decimals: a number without sign and point, which is an integer of the protocol. */
constexpr uint8_t WHOLE = 255;

/** Reads a number, rounded to a multiple of 10^-`decimals`; false where the field is none, or has more than nine digits so. */
CARTER_ONCE bool readDecimal(const char* field, uint8_t decimals, int32_t& value);

}  // namespace carter
