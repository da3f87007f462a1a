#include "speaker.h"

#include "phrases.h"
#include "sensor.h"
#include "text-buffer.h"
#include "words.h"

namespace carter {

static const char NEWLINE[] CARTER_FLASH = "\n";
static const char NO_HOST[] CARTER_FLASH = " put to rest: no host";
static const char TOO_LONG[] CARTER_FLASH = " put to rest: on too long";

bool Speaker::speak() {
  if (writer.busy()) return writer.drain();
  if (rest == nullptr) return choose();
  say(flash(*rest++));
  return true;
}

bool Speaker::log(const char* text) {
  if (!state.greeted || logText != nullptr) return false;
  logText = text;
  return true;
}

void Speaker::newSession() {
  answers.clear();
  due = 0;
}

// What to say ---------------------------------------------------------------------------------------------------------

bool Speaker::choose() {
  point = Point::first;
  if (!fingerprinted) {
    begin(POINT_PHRASE, LineWriter::SUMMED);
  } else if ((unasked || asked) && state.boots.done()) {
    answersHello = !unasked;
    if (answersHello) asked = false;
    unasked = false;
    seq = 0;
    begin(HELLO_PHRASE, LineWriter::SUMMED | LineWriter::SAID | LineWriter::SEALED);
  } else if (!answers.empty()) {
    return chooseAnswer();
  } else if (!state.greeted) {
    return false;
  } else if (chooseNews(EVENT_PHRASE, Point::HAPPENED) || chooseNews(READING_PHRASE, Point::NEWS) ||
             chooseNews(WHY_PHRASE, Point::REASON)) {
    return true;
  } else if (logText != nullptr) {
    begin(LOG_PHRASE, LineWriter::SUMMED | LineWriter::SAID | LineWriter::SEALED);
  } else {
    return false;
  }
  return true;
}

bool Speaker::chooseAnswer() {
  answered = answers.first();
  const Answers::Kind kind = answered.kind;
  if (kind >= Answers::STOP && kind <= Answers::NAK) {
    // What a command did is said before its answer.
    for (point = Point::first; point != nullptr; point = point->next) {
      if (point->isOutput() && (point->flags & Point::NEWS)) due |= Point::NEWS;
    }
    if (chooseNews(READING_PHRASE, Point::NEWS)) return true;
  }
  answers.remove();
  point = Point::first;
  if (kind == Answers::DESCRIBE) {
    for (uint8_t index = answered.index; index > 0; index--) point = point->next;
  }
  if (kind == Answers::ACK || kind == Answers::ACK + Answers::FOR_PERSON) {
    point = answered.outcome->output;
  }
  begin(phraseOf(kind), kind < Answers::FOR_PERSON ? LineWriter::SUMMED | LineWriter::SAID | LineWriter::SEALED
                                                   : LineWriter::SAID);
  return true;
}

/** Says what is due, where that is among it. */
bool Speaker::chooseNews(const uint8_t* parts, uint8_t what) {
  if (!(due & what) || !state.greeted) return false;
  point = nextDue(Point::first, what);
  if (point == nullptr) {
    due &= ~what;
    return false;
  }
  begin(parts, LineWriter::SUMMED | LineWriter::SAID | LineWriter::SEALED);
  return true;
}

Point* Speaker::nextDue(Point* from, uint8_t what) const {
  while (from != nullptr && !(from->flags & what)) from = from->next;
  return from;
}

// How to say it -------------------------------------------------------------------------------------------------------

CARTER_ONCE void Speaker::begin(const uint8_t* parts, uint8_t mode) {
  rest = phrase = parts;
  writer.open(mode);
  if (mode & LineWriter::SEALED) writer.number(seq++, 0);
}

void Speaker::close() {
  rest = nullptr;
  if (phrase == LOG_PHRASE) logText = nullptr;
  writer.close();
}

CARTER_ONCE void Speaker::sayWord(uint8_t word) {
  writer.text(wordOf(word), LineWriter::LISTED);
}

void Speaker::say(uint8_t part) {
  if (part < WORDS) return sayWord(part);
  int32_t number;
  switch (part) {
    case END:
      return close();
    case AFTER_NOTHING:
      return writer.lead('\0');
    case AFTER_EQUALS:
      return writer.lead('=');
    case BOARD_ID:
    case FIRMWARE:
    case NAME:
      return writer.text(flash(state.info->texts[part - BOARD_ID]),
                         writer.isForPerson() ? LineWriter::PLAIN : LineWriter::FIELD);
    case FINGERPRINT:
      return writer.hex(fingerprint);
    case EVENT_NAME:
      return writer.text(nthWord(flash(point->info->words), option), LineWriter::LISTED);
    case LOG_TEXT:
      return writer.text(logText, LineWriter::FIELD);
    case SUM:
      fingerprint = writer.checksum();
      fingerprinted = true;
      rest = nullptr;
      return;
    case ACCEPTED:
      if (answered.outcome->value == Outcome::NO_VALUE) return sayWord(NOTHING);
      return sayNumber(answered.outcome->value);
    case RESULT:
      return sayWord(RESULTS + static_cast<uint8_t>(answered.outcome->result));
    case IF_MOVING:
      if (answered.outcome->result == Result::MOVING) sayWord(MOVING);
      return;
    case STOP_RESULT:
      return sayWord(nextDue(Point::first, Point::MOVES) == nullptr ? DONE : MOVING);
    case NONCE:
      number = answersHello ? static_cast<int32_t>(state.session) : 0;
      break;
    case BOOT:
      number = state.boots.count();
      break;
    case COUNT:
      number = Point::count;
      break;
    case DROPPED:
      number = state.dropped;
      break;
    case INDEX:
      number = answered.index;
      break;
    case STOP_CID:
      number = answered.cid;
      break;
    case CID:
      number = answered.outcome->cid;
      break;
    case EVENT_COUNT:
      option = static_cast<Event*>(point)->takeNext();
      number = static_cast<Event*>(point)->said;
      break;
    default:
      return sayPoint(part);
  }
  writer.number(number, 0);
}

void Speaker::sayPoint(uint8_t part) {
  const PointInfo* const info = point->info;
  switch (part) {
    case NEWS_ID:
      if (!hasRoom()) return close();
      part = POINT_ID;
      // Fall through.
    case POINT_ID:
      option = 0;
      // Fall through.
    case LABEL:
    case UNIT:
      return writer.text(flash(info->texts[part - POINT_ID]), LineWriter::FIELD);
    case LOWEST:
    case HIGHEST:
    case STEP:
    case SAFE: {
      const PointInfo::Number number = static_cast<PointInfo::Number>(part - LOWEST);
      if (!point->has(number)) return sayWord(NOTHING);
      return sayNumber(flash(info->numbers[number]));
    }
    case ROLE:
      return sayWord(ROLES + static_cast<uint8_t>(point->role));
    case TYPE:
      return sayWord(TYPES + static_cast<uint8_t>(point->type));
    case LEASE:
      if (!point->isOutput()) return writer.number(0, 0);
      return writer.number(static_cast<int32_t>(flash(reinterpret_cast<const OutputInfo*>(info)->lease)), 0);
    case OPTIONS:
      if (point->type != Type::ENUM || option == countWords(flash(info->words))) return;
      rest--;
      return writer.text(nthWord(flash(info->words), option++), LineWriter::LISTED | LineWriter::FIELD);
    case WHY:
      if (point->flags & Point::LEASE_ENDED) {
        point->clear(Point::LEASE_ENDED);
        return writer.text(NO_HOST, LineWriter::FIELD);
      }
      point->clear(Point::LIMIT_ENDED);
      return writer.text(TOO_LONG, LineWriter::FIELD);
    case VALUE:
      return sayValue();
    case NEXT_NEWS:
      point = nextDue(point->next, Point::NEWS);
      if (point != nullptr) rest = phrase + 1;
      return;
    case NEXT_POINT:
      return nextPoint();
  }
}

/** A number in the units of the point; the text of a text point is said as it is now. */
CARTER_ONCE void Speaker::sayNumber(int32_t value) {
  if (point->type == Type::TEXT) {
    writer.text(flash(point->info->text)().snapshot(), LineWriter::IN_RAM | LineWriter::FIELD);
  } else {
    writer.number(value, flash(point->info->decimals));
  }
}

void Speaker::sayValue() {
  point->clear(Point::NEWS);
  if (point->isEvent()) return sayNumber(static_cast<Event*>(point)->said);
  int32_t value;
  if (point->isSensor()) {
    Sensor& sensor = *static_cast<Sensor*>(point);
    sensor.say();
    value = sensor.value;
  } else {
    value = static_cast<Output*>(point)->value;
  }
  if (!point->isKnown()) return sayWord(UNKNOWN);
  sayNumber(value);
}

/** Whether the point and its value fit into this line. */
bool Speaker::hasRoom() const {
  const uint8_t width = point->type == Type::TEXT ? 3 * MAX_TEXT : DECIMAL_ROOM;
  return writer.length() + 1 + MAX_ID + 1 + width <= MAX_BOARD_LINE - SEAL;
}

/** A line for each point. */
void Speaker::nextPoint() {
  point = point->next;
  rest = phrase;
  if (point == nullptr) {
    if (fingerprinted) return close();
    rest = SUM_PHRASE;
  }
  writer.lead('\0');
  writer.text(NEWLINE, LineWriter::PLAIN);
}

}  // namespace carter
