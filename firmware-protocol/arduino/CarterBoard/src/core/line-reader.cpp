#include "line-reader.h"

#include "machine.h"
#include "text.h"

namespace carter {

bool LineReader::receive(uint8_t most) {
  for (uint8_t taken = 0; taken < most && state == PENDING; taken++) {
    const int16_t byte = machine::read();
    if (byte < 0) return taken > 0;
    take(static_cast<char>(byte));
  }
  return true;
}

void LineReader::forget() {
  crc.reset();
  length = sealAt = 0;
  bad = returned = false;
  state = PENDING;
}

void LineReader::take(char c) {
  if (c == '\n') {
    state = judge();
    return;
  }
  // Only the one right before the end of a line is dropped.
  if (returned) bad = true;
  if (c == '\r') {
    returned = true;
    return;
  }
  if (c < ' ' || c > '~' || length == MAX_HOST_LINE - 1) {
    bad = true;
    return;
  }
  text[length++] = c;
  if (c == '*') {
    if (sealAt > 0) bad = true;
    sealAt = length;
  } else if (sealAt == 0) {
    crc.add(static_cast<uint8_t>(c));
  }
}

LineReader::Verdict LineReader::judge() {
  if (bad) return BAD;
  if (sealAt == 0) {
    text[length] = '\0';
    return text[0] >= 'a' && text[0] <= 'z' ? BARE : BAD;
  }
  text[sealAt - 1] = '\0';
  if (length != sealAt + 8) return BAD;
  uint32_t sum = crc.value();
  while (length > sealAt) {
    if (text[--length] != hexDigit(sum & 15)) return BAD;
    sum >>= 4;
  }
  return SEALED;
}

}  // namespace carter
