#include "host-line.h"

#include "decimal.h"
#include "flash.h"
#include "limits.h"
#include "point.h"
#include "text.h"
#include "words.h"

namespace carter {

namespace {

/** The fields that every line begins with: line number and verb. */
const char START[] CARTER_FLASH = "sw";
/**
 * The fields after each verb, a letter for each: n nonce, x index, c cid, p point, v value, b boolean, m time of a pulse,
 * t another time, g group.
 */
const char FIELDS[] CARTER_FLASH = "n|x||cpv|cpbm||c|cpttg";

/** The fields that are whole numbers, those first that a bare line does not have, and the range of each. */
struct Number {
  char letter;
  uint8_t least;
  int32_t most;
};
const Number NUMBERS[] CARTER_FLASH = {
    {'s', 0, 255},       {'n', 1, MAX_INTEGER}, {'x', 0, MAX_POINTS - 1}, {'c', 0, MAX_COUNTER},
    {'m', 1, MAX_PULSE}, {'t', 0, MAX_INTEGER}, {'g', 0, 255},
};
const Number* const IN_BARE_LINES = NUMBERS + 4;

/** Ends the field that begins here, and goes on to the next one; to null after the last. */
char* nextField(char*& rest) {
  char* const field = rest;
  while (*rest != '\0' && *rest != ' ') rest++;
  if (*rest == '\0') {
    rest = nullptr;
  } else {
    *rest++ = '\0';
  }
  return field;
}

Point* findPoint(const char* id) {
  Point* point = Point::first;
  while (point != nullptr && findWord(flash(point->info->texts[PointInfo::ID]), id) != 0) point = point->next;
  return point;
}

bool isBoolean(const char* field) {
  return (*field == '0' || *field == '1') && field[1] == '\0';
}

}  // namespace

bool parseHostLine(char* body, bool bare, HostLine& line) {
  int32_t* number = line.numbers;
  const char* letters = START;
  char letter;
  while ((letter = flash(*letters++)) != '\0' && letter != '|') {
    const bool isNumber = letter != 'w' && letter != 'p' && letter != 'v' && letter != 'b';
    const Number* range = NUMBERS;
    if (isNumber) {
      while (flash(range->letter) != letter) range++;
      number++;
      if (bare && range < IN_BARE_LINES) continue;
    }
    if (body == nullptr) return false;
    char* const field = nextField(body);
    if (*field == '\0') return false;
    if (isNumber) {
      int32_t& value = number[-1];
      if (!readInteger(field, value) || value < flash(range->least) || value > flash(range->most)) return false;
    } else if (letter == 'w') {
      line.verb = verbOf(field);
      if (line.verb == Verb::NONE) return false;
      letters = nthWord(FIELDS, static_cast<uint8_t>(line.verb));
    } else if (letter == 'p') {
      line.point = findPoint(field);
      // What a point has is an id.
      if (line.point == nullptr && !isId(field)) return false;
    } else {
      line.value = field;
      if (letter == 'b' && !isBoolean(field)) return false;
    }
  }
  return body == nullptr;
}

}  // namespace carter
