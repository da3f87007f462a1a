#include "board.h"

#include "age.h"
#include "host-line.h"
#include "machine.h"
#include "sensor.h"
#include "words.h"

namespace carter {

/** Work begins in a call as long as it has not taken this long, in µs; each piece takes less than 100. */
static constexpr uint16_t ALLOWANCE_US = 80;

void Board::begin() {
  resting = passing = Point::first;
  state.aliveAt = LONG_AGO;
  reader.forget();
  speaker.helloUnasked();
  loop();
}

void Board::loop() {
  const uint16_t since = machine::micros();
  left = Point::count;
  uint8_t idle = 0;
  bool fresh = true;
  do {
    if (resting != nullptr) {
      restOne();
    } else if (reader.isJudged()) {
      // Nothing takes longer than to obey: only a call that has just begun does it.
      if (!fresh) return;
      listen();
    } else if (work()) {
      idle = 0;
    } else if (++idle == 3) {
      return;
    }
    fresh = false;
  } while (static_cast<uint16_t>(machine::micros() - since) < ALLOWANCE_US);
}

/** Turn by turn, over all calls, so that no stream of lines keeps anything else from being done. */
bool Board::work() {
  if (++turn == 1) return reader.work();
  if (turn == 2) return speaker.speak();
  turn = 0;
  return pass();
}

// What the host says --------------------------------------------------------------------------------------------------

/** Takes a judged line apart, and obeys it in the next call. */
void Board::listen() {
  const bool bare = reader.verdict() == LineReader::BARE;
  const bool person = bare && !spokenTo;
  if (!parsed) {
    parsed = true;
    if ((person || reader.verdict() == LineReader::SEALED) && parseHostLine(reader.body(), bare, line)) return;
    line.verb = Verb::NONE;
    if (person) return;
    if (state.dropped < MAX_COUNTER) state.dropped++;
  } else if (person) {
    obeyPerson(line);
  } else {
    spokenTo = true;
    obey(line);
  }
  parsed = false;
  reader.forget();
}

void Board::obey(const HostLine& line) {
  if (line.verb == Verb::HELLO) {
    if (line.nonce() != state.session) startSession(line.nonce());
    return speaker.helloAsked();
  }
  if (line.verb == Verb::STOP) {
    resting = Point::first;
    speaker.answers.add(Answers::STOP).cid = line.cid();
    return;
  }
  // The host believes in a session that ended with the last start: what it says was not meant for now.
  if (!state.greeted) return speaker.helloUnasked();
  if (line.verb == Verb::READING) return sayAll();
  if (line.verb == Verb::DESCRIBE) {
    if (line.index() < Point::count) speaker.answers.add(Answers::DESCRIBE).index = line.index();
  } else if (line.verb == Verb::ALIVE) {
    state.aliveAt = machine::millis();
    speaker.answers.add(Answers::ALIVE);
  } else {
    const Outcome* outcome = state.remembered.find(line.cid());
    if (outcome == nullptr) {
      outcome = execute(line);
    } else if (outcome->output != nullptr) {
      outcome->output->set(Point::NEWS);
    }
    answer(outcome, 0);
  }
}

void Board::obeyPerson(const HostLine& line) {
  state.aliveAt = machine::millis();
  // In the order of the verbs; 0 where there is something to be carried out.
  static const uint8_t KINDS[] CARTER_FLASH = {
      Answers::HELLO, Answers::DESCRIBE + Answers::FOR_PERSON, Answers::READING,                    0, 0,
      Answers::ALIVE + Answers::FOR_PERSON, Answers::STOP + Answers::FOR_PERSON, 0, 0,
  };
  const uint8_t kind = flash(KINDS[static_cast<uint8_t>(line.verb)]);
  if (kind == 0) return answer(execute(line), Answers::FOR_PERSON);
  if (line.verb == Verb::STOP) resting = Point::first;
  speaker.answers.add(static_cast<Answers::Kind>(kind));
}

void Board::answer(const Outcome* outcome, uint8_t whom) {
  const uint8_t kind = whom + (isRefused(outcome->result) ? Answers::NAK : Answers::ACK);
  speaker.answers.add(static_cast<Answers::Kind>(kind)).outcome = outcome;
}

void Board::startSession(uint32_t nonce) {
  state.session = nonce;
  state.greeted = true;
  state.remembered.forget();
  speaker.newSession();
  found = 0;
  mark(0);
}

void Board::sayAll() {
  mark(Point::NEWS);
  speaker.news(Point::NEWS);
}

/** Whatever is due of the points is so no longer, but for `what`. */
CARTER_ONCE void Board::mark(uint8_t what) {
  for (Point* point = Point::first; point != nullptr; point = point->next) {
    point->clear(Point::NEWS);
    point->set(what);
  }
  readAt = static_cast<uint16_t>(machine::millis());
}

// What it commands ----------------------------------------------------------------------------------------------------

/** Puts one output to rest, or goes on to the next point. */
void Board::restOne() {
  Point* const point = resting;
  resting = point->next;
  if (point->isOutput()) static_cast<Output*>(point)->rest();
}

/** Carries it out, or not, and remembers what became of it. */
const Outcome* Board::execute(const HostLine& line) {
  Outcome& outcome = *state.remembered.next();
  outcome.cid = line.cid();
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

/** Looks at the next point; false where all were looked at in this call. */
bool Board::pass() {
  if (left == 0) return false;
  left--;
  Point& point = *passing;
  if (point.isOutput()) {
    static_cast<Output&>(point).pass(state.aliveAt);
  } else if (point.isSensor()) {
    static_cast<Sensor&>(point).pass();
  } else {
    static_cast<Event&>(point).pass(state.greeted);
  }
  found |= point.flags & Point::DUE;
  passing = point.next;
  if (passing != nullptr) return true;
  passing = Point::first;
  state.boots.step();
  // Values that changed together are said together: not before all points were looked at.
  speaker.news(found);
  found = 0;
  const uint16_t silence = static_cast<uint16_t>(machine::millis()) - readAt;
  if (state.greeted && silence >= READINGS_MS) sayAll();
  return true;
}

}  // namespace carter
