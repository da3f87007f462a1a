#include "speaker.h"

#include "event.h"
#include "output.h"
#include "phrases.h"
#include "sensor.h"
#include "text-buffer.h"
#include "words.h"

namespace carter {

static const char NEWLINE[] CARTER_FLASH = "\n";
static const char NO_HOST[] CARTER_FLASH = " put to rest: no host";
static const char TOO_LONG[] CARTER_FLASH = " put to rest: on too long";

bool Speaker::speak() {
  if (writer.busy()) {
    writer.drain();
  } else if (rest == nullptr) {
    return choose();
  } else {
    say(flash(*rest++));
  }
  return true;
}

bool Speaker::log(const char* text) {
  if (!greeted || logText != nullptr) return false;
  logText = text;
  return true;
}

bool Speaker::helloAsked(uint32_t asks) {
  asked = true;
  if (nonce == asks) return false;
  nonce = asks;
  greeted = true;
  answers.clear();
  due = 0;
  return true;
}

// What to say ---------------------------------------------------------------------------------------------------------

bool Speaker::choose() {
  point = Point::first;
  if (!fingerprinted) {
    begin(POINT_PHRASE, LineWriter::SUMMED);
    return true;
  }
  if (chooseHello()) return true;
  if (!answers.empty()) {
    chooseAnswer();
    return true;
  }
  if (chooseNews(EVENT_PHRASE, Point::HAPPENED)) return true;
  if (chooseNews(READING_PHRASE, Point::NEWS)) return true;
  if (chooseNews(WHY_PHRASE, Point::REASON)) return true;
  if (logText == nullptr) return false;
  begin(LOG_PHRASE, LineWriter::PROGRAM);
  return true;
}

bool Speaker::chooseHello() {
  if (!(unasked || asked) || !boots.done()) return false;
  answersHello = !unasked;
  if (answersHello) asked = false;
  unasked = false;
  seq = 0;
  begin(HELLO_PHRASE, LineWriter::PROGRAM);
  return true;
}

void Speaker::chooseAnswer() {
  answered = answers.first();
  const uint8_t kind = answered.kind;
  if (kind == Answers::ACK || kind == Answers::STOP || kind == Answers::NAK) {
    // What a command did is said before its answer.
    due |= Point::NEWS;
    if (chooseNews(READING_PHRASE, Point::NEWS)) return;
  }
  answers.remove();
  point = Point::first;
  if (kind == Answers::DESCRIBE) {
    for (uint8_t index = answered.number; index > 0; index--) point = point->next;
  } else if (answered.outcome != nullptr && answered.outcome->output != nullptr) {
    point = answered.outcome->output;
  }
  begin(phraseOf(kind), kind < Answers::FOR_PERSON ? LineWriter::PROGRAM : LineWriter::SAID);
}

/** Says what is due, where that is among it. */
CARTER_ONCE bool Speaker::chooseNews(const uint8_t* parts, uint8_t what) {
  if (!(due & what) || !greeted) return false;
  point = nextDue(Point::first, what);
  if (point == nullptr) {
    due &= ~what;
    return false;
  }
  begin(parts, LineWriter::PROGRAM);
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
  if (mode == LineWriter::PROGRAM) writer.number(seq++, 0);
}

CARTER_ONCE void Speaker::close() {
  rest = nullptr;
  if (phrase == LOG_PHRASE) logText = nullptr;
  writer.close();
}

CARTER_ONCE void Speaker::sayWord(uint8_t word) {
  writer.text(wordOf(word), LineWriter::LISTED);
}

/** A text in flash, spelt as a field for programs. */
void Speaker::sayText(const char* text) {
  writer.text(text, writer.isForPerson() ? LineWriter::PLAIN : LineWriter::FIELD);
}

void Speaker::say(uint8_t part) {
  if (part < WORDS) return sayWord(part);
  // Some parts are about no point.
  const PointInfo* const about = point == nullptr ? nullptr : point->info;
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
      return sayText(flash(info->texts[part - BOARD_ID]));
    case FINGERPRINT:
      return writer.hex(fingerprint);
    case EVENT_NAME:
      return writer.text(words, LineWriter::LISTED);
    case LOG_TEXT:
      return sayText(logText);
    case SUM:
      fingerprint = writer.checksum();
      fingerprinted = true;
      rest = nullptr;
      return;
    case ACCEPTED:
      number = answered.outcome->value;
      if (number == Outcome::NO_VALUE) return sayWord(NOTHING);
      return sayNumber(number);
    case RESULT:
      return sayWord(RESULTS + static_cast<uint8_t>(answered.outcome->result));
    case IF_MOVING:
      if (answered.outcome->result == Result::MOVING) sayWord(MOVING);
      return;
    case STOP_RESULT:
      return sayWord(nextDue(Point::first, Point::MOVES) == nullptr ? DONE : MOVING);
    case NEWS_ID:
      if (!hasRoom()) return close();
      part = POINT_ID;
      // Fall through.
    case POINT_ID:
      words = flash(about->words);
      // Fall through.
    case LABEL:
    case UNIT:
      return sayText(flash(about->texts[part - POINT_ID]));
    case LOWEST:
    case HIGHEST:
    case STEP:
    case SAFE: {
      const PointInfo::Number which = static_cast<PointInfo::Number>(part - LOWEST);
      if (!point->has(which)) return sayWord(NOTHING);
      return sayNumber(flash(about->numbers[which]));
    }
    case ROLE:
      return sayWord(ROLES + static_cast<uint8_t>(point->role));
    case TYPE:
      return sayWord(TYPES + static_cast<uint8_t>(point->type));
    case OPTIONS:
      if (point->type != Type::ENUM || flash(*words) == '\0') return;
      rest--;
      writer.text(words, LineWriter::LISTED | LineWriter::FIELD);
      words = nthWord(words, 1);
      return;
    case WHY: {
      const uint8_t why = point->flags & Point::LEASE_ENDED;
      point->clear(Point::REASON);
      return sayText(why ? NO_HOST : TOO_LONG);
    }
    case VALUE:
      return sayValue();
    case NEXT_NEWS:
      point = nextDue(point->next, Point::NEWS);
      if (point != nullptr) rest = phrase + 1;
      return;
    case NEXT_POINT:
      return nextPoint();
    case LEASE:
      number = point->isOutput() ? static_cast<int32_t>(flash(reinterpret_cast<const OutputInfo*>(about)->lease)) : 0;
      break;
    case NONCE:
      number = answersHello ? static_cast<int32_t>(nonce) : 0;
      break;
    case BOOT:
      number = boots.count();
      break;
    case COUNT:
      number = Point::count;
      break;
    case ANSWERED:
      number = answered.number;
      break;
    default: {  // EVENT_COUNT
      Event& event = *static_cast<Event*>(point);
      number = event.takeNext();
      words = nthWord(flash(about->words), event.name());
    }
  }
  writer.number(number, 0);
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
  int32_t value;
  if (point->isEvent()) {
    value = static_cast<Event*>(point)->said;
  } else {
    if (point->isSensor()) {
      Sensor& sensor = *static_cast<Sensor*>(point);
      sensor.say();
      value = sensor.value;
    } else {
      value = static_cast<Output*>(point)->value;
    }
    if (!point->isKnown()) return sayWord(UNKNOWN);
  }
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
