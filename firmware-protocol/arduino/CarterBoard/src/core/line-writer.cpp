#include "line-writer.h"

#include "flash.h"
#include "machine.h"
#include "text.h"

namespace carter {

/** Bytes in one go: on an AVR at 16 MHz about 100 µs. */
static constexpr uint8_t CHUNK = 4;

void LineWriter::open(uint8_t how) {
  mode = how;
  written = 0;
  leading = '\0';
  crc.reset();
}

void LineWriter::close() {
  char* end = token;
  leading = '\0';
  if (mode & SEALED) {
    leading = '*';
    hex(crc.value());
    end += 8;
  } else {
    text(token, IN_RAM);
  }
  mode &= ~SUMMED;
  end[0] = '\n';
  end[1] = '\0';
}

void LineWriter::number(int32_t value, uint8_t decimals) {
  printDecimal(token, value, decimals);
  text(token, IN_RAM);
}

void LineWriter::hex(uint32_t value) {
  for (uint8_t i = 8; i-- > 0; value >>= 4) token[i] = hexDigit(value & 15);
  token[8] = '\0';
  text(token, IN_RAM);
}

void LineWriter::text(const char* text, uint8_t how) {
  at = text;
  form = how;
  fresh = true;
}

void LineWriter::drain() {
  uint8_t room = mode & SAID ? machine::room() : CHUNK;
  if (room > CHUNK) room = CHUNK;
  for (; room > 0; room--) {
    const char c = nextChar();
    if (c == '\0') {
      at = nullptr;
      leading = ' ';
      return;
    }
    if (mode & SUMMED) crc.add(static_cast<uint8_t>(c));
    if (mode & SAID) machine::write(static_cast<uint8_t>(c));
    written++;
  }
}

char LineWriter::nextChar() {
  char c = leading;
  if (c != '\0') {
    leading = '\0';
    return c;
  }
  if (digits > 0) {
    digits--;
    return hexDigit(digits > 0 ? spelt >> 4 : spelt & 15);
  }
  const bool first = fresh;
  fresh = false;
  c = charAt(at);
  if (c == '\0') return first && (form & FIELD) ? '-' : '\0';
  if (form & FIELD) {
    const bool whole = first && (c == '-' || c == '?') && charAt(at + 1) == '\0';
    if (whole || !isPlain(c)) {
      spelt = static_cast<uint8_t>(c);
      digits = 2;
      c = '%';
    }
  }
  at++;
  return c;
}

/** The character there; 0 at the end. */
char LineWriter::charAt(const char* where) const {
  if (form & IN_RAM) return *where;
  const char c = flash(*where);
  return (form & LISTED) && c == '|' ? '\0' : c;
}

}  // namespace carter
