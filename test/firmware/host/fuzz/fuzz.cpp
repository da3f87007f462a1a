/**
 * A target for libFuzzer: a board that hears what the fuzzer says. The input is a row of pieces: a byte that says how long the
 * piece is, its bytes, and so on; time goes on by a prime between them. Whatever is said, the board says only whole lines.
 */
#include <stdint.h>
#include <stdlib.h>

#include "core/limits.h"
#include "host.h"
#include "machine.h"

namespace {

void mustBe(bool right) {
  if (!right) abort();
}

/** Printable, not too long; the last line may be under way. */
void checkLines() {
  static size_t length = 0;
  for (const char c : host::fromBoard) {
    mustBe(c == '\n' || (c >= ' ' && c <= '~') || c < 0);
    length = c == '\n' ? 0 : length + 1;
    mustBe(length < carter::MAX_BOARD_LINE);
  }
  host::fromBoard.clear();
}

}  // namespace

void host::done(const std::string& point, const std::string& value) {
  if (point == "pump") mustBe(value == "0" || value == "1");
  if (point == "turnout") mustBe(value == "0" || value == "1");
  if (point == "mode") mustBe(value >= "0" && value <= "3" && value.size() == 1);
  if (point == "sign") mustBe(value.size() <= 16);
  if (point == "fan") mustBe(atof(value.c_str()) >= 0 && atof(value.c_str()) <= 100);
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  host::begin();
  for (int calls = 0; calls < 2000; calls++) host::loop();
  host::fromBoard.clear();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const uint8_t* const end = data + size;
  while (data < end) {
    size_t length = *data++;
    if (length > static_cast<size_t>(end - data)) length = end - data;
    host::toBoard.append(reinterpret_cast<const char*>(data), length);
    data += length;
    host::now += 97;
    host::room = length % 64;
    for (int calls = 0; calls < 300; calls++) host::loop();
    checkLines();
  }
  host::room = 63;
  host::toBoard += '\n';
  for (int calls = 0; calls < 3000; calls++) host::loop();
  checkLines();
  return 0;
}
