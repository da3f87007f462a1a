/**
 * The core of the Arduino library as a program of this machine. It reads requests, one a line, and answers each with a line:
 *
 *   run MS CALLS BYTES    at this time, bytes from the host, calls of loop() → bytes from the board, and what it did
 *   sense POINT VALUE     moves a sensor → ok
 *   judge BYTES           a line reader of its own takes these bytes → a verdict for each line in them
 *   number PLACES TEXT    a field as a number in its smallest unit → it, or bad
 *   print PLACES NUMBER   the other way round → the field
 *   text BYTES            a field as a text → its bytes, or bad
 *   spell BYTES           a text as a field → its bytes
 *   crc BYTES             → the checksum
 *
 * BYTES are hex; `-` are none.
 */
#include <iostream>
#include <sstream>

#include "core/crc32.h"
#include "core/decimal.h"
#include "core/line-writer.h"
#include "core/limits.h"
#include "core/text.h"
#include "hex.h"
#include "host.h"
#include "judge.h"
#include "machine.h"

namespace {

std::string happened;

std::string run(std::istream& in) {
  unsigned calls;
  std::string bytes;
  in >> host::now >> calls >> bytes;
  host::toBoard += fromHex(bytes);
  host::fromBoard.clear();
  happened.clear();
  while (calls-- > 0) host::loop();
  return toHex(host::fromBoard) + happened;
}

std::string number(std::istream& in) {
  unsigned places;
  std::string field;
  in >> places >> field;
  field = fromHex(field);
  int32_t value;
  return carter::readDecimal(field.c_str(), static_cast<uint8_t>(places), value) ? std::to_string(value) : "bad";
}

std::string print(std::istream& in) {
  unsigned places;
  int32_t value;
  in >> places >> value;
  char field[carter::DECIMAL_ROOM];
  carter::printDecimal(field, value, static_cast<uint8_t>(places));
  return field;
}

std::string text(std::istream& in) {
  std::string field;
  in >> field;
  field = fromHex(field);
  return carter::decodeText(&field[0]) ? toHex(field.c_str()) : "bad";
}

std::string spell(std::istream& in) {
  std::string bytes;
  in >> bytes;
  bytes = fromHex(bytes);
  host::fromBoard.clear();
  carter::LineWriter writer = {};
  writer.open(carter::LineWriter::SAID);
  writer.text(bytes.c_str(), carter::LineWriter::IN_RAM | carter::LineWriter::FIELD);
  while (writer.busy()) writer.drain();
  return toHex(host::fromBoard);
}

std::string crc(std::istream& in) {
  std::string bytes;
  in >> bytes;
  carter::Crc32 sum;
  sum.reset();
  for (const char c : fromHex(bytes)) sum.add(static_cast<uint8_t>(c));
  char hex[9];
  snprintf(hex, sizeof hex, "%08X", static_cast<unsigned>(sum.value()));
  return hex;
}

std::string answer(const std::string& request) {
  std::istringstream in(request);
  std::string what;
  in >> what;
  if (what == "run") return run(in);
  if (what == "judge") return judge(in);
  if (what == "number") return number(in);
  if (what == "print") return print(in);
  if (what == "text") return text(in);
  if (what == "spell") return spell(in);
  if (what == "crc") return crc(in);
  if (what == "sense") {
    std::string point, value;
    in >> point >> value;
    host::sense(point, fromHex(value));
    return "ok";
  }
  return "what?";
}

}  // namespace

void host::done(const std::string& point, const std::string& value) {
  happened += ' ' + point + '=' + toHex(value);
}

int main() {
  host::begin();
  for (std::string request; std::getline(std::cin, request);) std::cout << answer(request) << std::endl;
}
