#include "judge.h"

#include <sstream>

#include "core/line-reader.h"
#include "core/point.h"
#include "hex.h"
#include "machine.h"

namespace {

/** Of a line that is good. The value is what the field says, not yet what a point makes of it. */
std::string fieldsOf(const carter::HostLine& line) {
  std::ostringstream out;
  using carter::Verb;
  const std::string point = line.point != nullptr ? line.point->info->texts[carter::PointInfo::ID] : "?";
  switch (line.verb) {
    case Verb::HELLO:
      out << "hello " << line.nonce();
      break;
    case Verb::DESCRIBE:
      out << "describe " << +line.index();
      break;
    case Verb::READING:
      out << "reading";
      break;
    case Verb::ALIVE:
      out << "alive";
      break;
    case Verb::SET:
      out << "set " << line.cid() << ' ' << point << ' ' << line.value;
      break;
    case Verb::PULSE:
      out << "pulse " << line.cid() << ' ' << point << ' ' << line.value << ' ' << line.ms();
      break;
    case Verb::STOP:
      out << "stop " << line.cid();
      break;
    case Verb::LIMIT:
      out << "limit " << line.cid() << ' ' << point << ' ' << line.maxOn() << ' ' << line.minOff() << ' ' << +line.group();
      break;
    case Verb::NONE:
      out << "none";
  }
  return out.str();
}

/** It is spoken to by a program first, so that a bare line is none for it. */
carter::LineReader& reader() {
  static carter::LineReader reader = {};
  static const bool begun = (reader.next(), true);
  static_cast<void>(begun);
  return reader;
}

/** Calls that are enough for whatever is to be done with a line that has ended. */
constexpr unsigned CALLS_OF_A_LINE = 200;

std::string verdictsOn(const std::string& bytes) {
  host::toBoard += bytes;
  carter::LineReader& to = reader();
  std::string verdicts;
  for (unsigned left = CALLS_OF_A_LINE; left > 0; left = host::pending() > 0 ? CALLS_OF_A_LINE : left - 1) {
    to.work();
    for (; to.dropped > 0; to.dropped--) verdicts += "bad,";
    if (to.isReady()) {
      verdicts += fieldsOf(to.line) + ',';
      to.next();
    }
  }
  return verdicts;
}

}  // namespace

std::string judge(std::istream& in) {
  std::string bytes;
  in >> bytes;
  static const std::string greeting = verdictsOn("0 alive*E4BAD254\n");
  const std::string verdicts = verdictsOn(fromHex(bytes));
  return verdicts.empty() ? "-" : verdicts.substr(0, verdicts.size() - 1);
}
