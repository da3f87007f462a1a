#include "board.h"

#include "age.h"
#include "event.h"
#include "machine.h"
#include "output.h"
#include "sensor.h"

namespace carter {

void Board::begin() {
  passing = resting = Point::first;
  aliveAt = LONG_AGO;
  reader.next();
  speaker.helloUnasked();
  while (resting != nullptr) restOne();
}

void Board::loop() {
  if (resting != nullptr) return restOne();
  if (reader.isReady()) {
    // Nothing takes longer than to obey: it has a call of its own.
    obey();
    return reader.next();
  }
  reader.work();
  // Points are looked at where there is nothing to say, and in every fourth call however much there is.
  if ((++turn & 3) == 0 || !speaker.speak()) pass();
}

/** Puts one output to rest, or goes on to the next point. */
void Board::restOne() {
  Point* const point = resting;
  resting = point->next;
  if (point->isOutput()) static_cast<Output*>(point)->rest();
}

// What the host says --------------------------------------------------------------------------------------------------

void Board::obey() {
  const HostLine& line = reader.line;
  if (!line.isBare && !isMeant()) return;
  if (line.isBare || line.verb == Verb::ALIVE) aliveAt = machine::millis();
  Answers::Answer& answer = speaker.answers.add();
  answer.kind = static_cast<uint8_t>(line.verb);
  answer.number = line.cid();
  answer.outcome = nullptr;
  switch (line.verb) {
    case Verb::STOP:
      resting = Point::first;
      break;
    case Verb::ALIVE:
      answer.number = reader.dropped;
      break;
    case Verb::SET:
    case Verb::PULSE:
    case Verb::LIMIT:
    case Verb::NONE:
      answer.outcome = outcomeOf(line);
      answer.kind = isRefused(answer.outcome->result) ? Answers::NAK : Answers::ACK;
      break;
    default:
      break;
  }
  if (line.isBare) answer.kind += Answers::FOR_PERSON;
}

/** Whether a program's line is to be obeyed and answered as a person's is; does what there is to be done otherwise. */
bool Board::isMeant() {
  const HostLine& line = reader.line;
  if (line.verb == Verb::STOP) return true;
  if (line.verb == Verb::HELLO) {
    if (!speaker.helloAsked(line.nonce())) return false;
    remembered.forget();
    mark(0);
  } else if (!speaker.hasHost()) {
    // The host believes in a session that ended with the last start: what it says was not meant for now.
    speaker.helloUnasked();
  } else if (line.verb == Verb::READING) {
    sayAll();
  } else {
    return line.verb != Verb::DESCRIBE || line.index() < Point::count;
  }
  return false;
}

/** Whatever is due of the points is so no longer, but for `what`. */
CARTER_ONCE void Board::mark(uint8_t what) {
  found = 0;
  for (Point* point = Point::first; point != nullptr; point = point->next) {
    point->clear(Point::NEWS);
    point->set(what);
  }
  readAt = static_cast<uint16_t>(machine::millis());
}

CARTER_ONCE void Board::sayAll() {
  mark(Point::NEWS);
  speaker.news(Point::NEWS);
}

/** Carries a command out, or not, unless that was done before. */
const Outcome* Board::outcomeOf(const HostLine& line) {
  const uint16_t cid = line.cid();
  const Outcome* const before = remembered.find(cid);
  if (before != nullptr && !line.isBare) {
    if (before->output != nullptr) before->output->set(Point::NEWS);
    return before;
  }
  Outcome& outcome = *remembered.next();
  outcome.cid = cid;
  Point* const point = line.verb == Verb::NONE ? nullptr : line.point;
  outcome.output = point != nullptr && point->isOutput() ? static_cast<Output*>(point) : nullptr;
  outcome.value = Outcome::NO_VALUE;
  outcome.result = outcome.output == nullptr ? Result::UNKNOWN : carryOut(line, outcome);
  return &outcome;
}

Result Board::carryOut(const HostLine& line, Outcome& outcome) {
  Output& output = *outcome.output;
  if (line.verb != Verb::SET && output.type != Type::BOOLEAN) return Result::RANGE;
  if (line.verb == Verb::LIMIT) {
    static_cast<Switch&>(output).host = {line.maxOn(), line.minOff(), line.group()};
    return Result::DONE;
  }
  int16_t wish;
  if (!output.read(line.value, wish)) return Result::RANGE;
  const Result result = output.command(wish, line.verb == Verb::PULSE ? line.ms() : 0);
  outcome.value = output.value;
  return result;
}

// What time does ------------------------------------------------------------------------------------------------------

/** Looks at the next point, and after the last one at what was found. */
CARTER_ONCE void Board::pass() {
  Point* const point = passing;
  passing = Point::first;
  if (point != nullptr) {
    if (point->isOutput()) {
      static_cast<Output*>(point)->pass(aliveAt);
    } else if (point->isSensor()) {
      static_cast<Sensor*>(point)->pass();
    } else {
      static_cast<Event*>(point)->pass(speaker.hasHost());
    }
    found |= point->flags & Point::DUE;
    if (point->next != nullptr) {
      passing = point->next;
      return;
    }
  }
  speaker.boots.step();
  // Values that changed together are said together: not before all points were looked at.
  speaker.news(found);
  found = 0;
  const uint16_t silence = static_cast<uint16_t>(machine::millis()) - readAt;
  if (speaker.hasHost() && silence >= READINGS_MS) sayAll();
}

}  // namespace carter
