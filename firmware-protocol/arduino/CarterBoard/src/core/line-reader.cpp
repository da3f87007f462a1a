#include "line-reader.h"

#include "machine.h"
#include "text.h"

namespace carter {

/** Bytes in one go. A sketch that is slow still takes a whole line in three calls, so that a stop fits in behind it. */
static constexpr uint8_t TAKEN = 12;
static constexpr uint8_t SUMMED = 6;

bool LineReader::work() {
  if (state == SUMMING) {
    sum();
    return true;
  }
  uint8_t left = TAKEN;
  do {
    const int16_t byte = machine::read();
    if (byte < 0) return left < TAKEN;
    take(static_cast<char>(byte));
  } while (state == GATHERING && --left > 0);
  return true;
}

void LineReader::forget() {
  crc.reset();
  length = sealAt = summed = 0;
  bad = returned = false;
  state = GATHERING;
}

void LineReader::take(char c) {
  if (c == '\n') {
    state = end();
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
  }
}

LineReader::Verdict LineReader::end() {
  if (bad) return BAD;
  if (sealAt > 0) return length == sealAt + 8 ? SUMMING : BAD;
  text[length] = '\0';
  return text[0] >= 'a' && text[0] <= 'z' ? BARE : BAD;
}

void LineReader::sum() {
  for (uint8_t left = SUMMED; left > 0; left--) {
    char& c = text[summed++];
    if (summed == sealAt) {
      c = '\0';
      state = judge();
      return;
    }
    crc.add(static_cast<uint8_t>(c));
  }
}

LineReader::Verdict LineReader::judge() {
  uint32_t sum = crc.value();
  while (length > sealAt) {
    if (text[--length] != hexDigit(sum & 15)) return BAD;
    sum >>= 4;
  }
  return SEALED;
}

}  // namespace carter
