#include "host-line.h"

#include "decimal.h"
#include "flash.h"
#include "limits.h"
#include "point.h"
#include "text.h"
#include "words.h"

namespace carter {

namespace {

/** The forms of fields: first the whole numbers, those at the beginning that a bare line does not have. */
enum Form : uint8_t { NONCE = 'a', CID, INDEX, LINE_NUMBER, PULSE, GROUP, TIME, VERB, POINT, VALUE, BOOLEAN };

/** The fields that every line begins with: line number and verb. */
const char START[] CARTER_FLASH = "dh";
/** The fields after each verb, in the order of the verbs. */
const char FIELDS[] CARTER_FLASH = "a|c||bij|bike||b|biggf";

/** The largest number of each form; 0: as many digits as there may be. */
const uint16_t LARGEST[] CARTER_FLASH = {0, MAX_COUNTER, MAX_POINTS - 1, 255, MAX_PULSE, 255, 0};

bool isPositive(uint8_t form) {
  return form == NONCE || form == PULSE;
}

}  // namespace

void HostLine::begin(char* body, bool bare) {
  rest = body;
  isBare = bare;
  forms = START;
  taken = 0;
  seeking = false;
}

HostLine::Progress HostLine::step() {
  if (seeking) return findPoint();
  const uint8_t form = flash(*forms);
  if (static_cast<uint8_t>(form - NONCE) > BOOLEAN - NONCE) return rest == nullptr ? GOOD : BAD;
  forms++;
  if (isBare && form <= LINE_NUMBER) {
    taken++;
    return GOES_ON;
  }
  if (!nextField()) return BAD;
  if (form < VERB) return takeNumber(form);
  if (form == POINT) {
    seeking = true;
    point = Point::first;
  } else if (form == VERB) {
    verb = verbOf(field);
    if (verb == Verb::NONE) return BAD;
    forms = nthWord(FIELDS, static_cast<uint8_t>(verb));
  } else {
    value = field;
    if (form == BOOLEAN && (static_cast<uint8_t>(*field - '0') > 1 || field[1] != '\0')) return BAD;
  }
  return GOES_ON;
}

/** Ends the field that begins here, and goes on to the next one; false where there is none, or an empty one. */
bool HostLine::nextField() {
  field = rest;
  if (field == nullptr) return false;
  char* at = field;
  while (*at != '\0' && *at != ' ') at++;
  if (at == field) return false;
  rest = *at == '\0' ? nullptr : at + 1;
  *at = '\0';
  return true;
}

HostLine::Progress HostLine::takeNumber(uint8_t form) {
  int32_t& number = numbers[taken++];
  if (!readDecimal(field, WHOLE, number)) return BAD;
  const uint16_t largest = flash(LARGEST[form - NONCE]);
  if (largest != 0 && number > largest) return BAD;
  return isPositive(form) && number == 0 ? BAD : GOES_ON;
}

HostLine::Progress HostLine::findPoint() {
  if (point != nullptr && findWord(flash(point->info->texts[PointInfo::ID]), field) != 0) {
    point = point->next;
    return GOES_ON;
  }
  seeking = false;
  // What a point has is an id.
  return point != nullptr || isId(field) ? GOES_ON : BAD;
}

}  // namespace carter
