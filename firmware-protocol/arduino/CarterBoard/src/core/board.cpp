#include "board.h"

#include "age.h"
#include "event.h"
#include "machine.h"
#include "output.h"
#include "sensor.h"

namespace carter {

/** Work begins in a call as long as it has not taken this long, in µs; each piece takes less than 90, but to obey. */
static constexpr uint16_t ALLOWANCE_US = 100;

void Board::begin() {
  passing = resting = Point::first;
  aliveAt = LONG_AGO;
  reader.next();
  speaker.helloUnasked();
  while (resting != nullptr) restOne();
}

void Board::loop() {
  const uint16_t since = machine::micros();
  bool fresh = true;
  while (step(fresh) && static_cast<uint16_t>(machine::micros() - since) < ALLOWANCE_US) fresh = false;
}

/**
 * One piece of work; false where the call is over. Turn by turn, over all calls, so that no stream of lines keeps anything
 * else from being done.
 */
bool Board::step(bool fresh) {
  if (resting != nullptr) {
    restOne();
  } else if (reader.isReady()) {
    // Nothing takes longer than to obey: only a call that has just begun does it.
    if (!fresh) return false;
    obey();
    reader.next();
  } else if (++turn == 1) {
    reader.work();
  } else if (turn == 2) {
    speaker.speak();
  } else {
    turn = 0;
    return !pass();
  }
  return true;
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
  Answers::Answer answer = {static_cast<uint8_t>(line.verb), line.cid(), nullptr};
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
  speaker.answers.add(answer);
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
  outcome.result = outcome.output == nullptr ? Result::UNKNOWN : carryOut(line, *outcome.output);
  if (line.verb != Verb::LIMIT && !isRefused(outcome.result)) outcome.value = outcome.output->value;
  return &outcome;
}

Result Board::carryOut(const HostLine& line, Output& output) {
  if (line.verb != Verb::SET && output.type != Type::BOOLEAN) return Result::RANGE;
  if (line.verb == Verb::LIMIT) {
    static_cast<Switch&>(output).host = {line.maxOn(), line.minOff(), line.group()};
    return Result::DONE;
  }
  int16_t wish;
  if (!output.read(line.value, wish)) return Result::RANGE;
  return output.command(wish, line.verb == Verb::PULSE ? line.ms() : 0);
}

// What time does ------------------------------------------------------------------------------------------------------

/** Looks at the next point; true where that was the last. */
bool Board::pass() {
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
      return false;
    }
  }
  speaker.boots.step();
  // Values that changed together are said together: not before all points were looked at.
  speaker.news(found);
  found = 0;
  const uint16_t silence = static_cast<uint16_t>(machine::millis()) - readAt;
  if (speaker.hasHost() && silence >= READINGS_MS) sayAll();
  return true;
}

}  // namespace carter
