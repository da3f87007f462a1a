#include "line-reader.h"

#include "machine.h"
#include "text.h"

namespace carter {

/** Bytes in one go: on an AVR at 16 MHz less than 80 µs. */
static constexpr uint8_t TAKEN = 12;
static constexpr uint8_t SUMMED = 4;

void LineReader::work() {
  if (state == SUMMING) return sum();
  if (state == PARSING) return parse();
  for (uint8_t left = TAKEN; state == GATHERING && left > 0; left--) {
    const int16_t byte = machine::read();
    if (byte < 0) return;
    take(static_cast<char>(byte));
  }
}

void LineReader::next() {
  crc.reset();
  length = sealAt = summed = 0;
  bad = returned = false;
  state = GATHERING;
}

void LineReader::take(char c) {
  if (c == '\n') return end();
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

void LineReader::end() {
  text[length] = '\0';
  if (bad) return drop();
  if (sealAt > 0 && length == sealAt + 8) {
    state = SUMMING;
  } else if (sealAt == 0 && !spokenTo && text[0] >= 'a' && text[0] <= 'z') {
    parseNext(true);
  } else {
    drop();
  }
}

void LineReader::sum() {
  for (uint8_t left = SUMMED; left > 0; left--) {
    char& c = text[summed++];
    if (summed == sealAt) {
      c = '\0';
      return isSealed() ? parseNext(false) : drop();
    }
    crc.add(static_cast<uint8_t>(c));
  }
}

/** Compares the checksum with its digits. */
bool LineReader::isSealed() {
  uint32_t sum = crc.value();
  while (length > sealAt) {
    if (text[--length] != hexDigit(sum & 15)) return false;
    sum >>= 4;
  }
  return true;
}

void LineReader::parseNext(bool bare) {
  line.begin(text, bare);
  state = PARSING;
}

void LineReader::parse() {
  const HostLine::Progress progress = line.step();
  if (progress == HostLine::GOES_ON) return;
  if (progress == HostLine::BAD) {
    if (!line.isBare) return drop();
    line.verb = Verb::NONE;
  }
  if (!line.isBare) spokenTo = true;
  state = READY;
}

void LineReader::drop() {
  if (dropped < MAX_COUNTER) dropped++;
  next();
}

}  // namespace carter
