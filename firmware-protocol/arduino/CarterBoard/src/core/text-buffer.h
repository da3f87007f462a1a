#pragma once
#include <stdint.h>

namespace carter {

/**
 * The text of a text point. It is known by a number that changes with it, and copied before it is said. Its functions are
 * virtual so that a sketch without texts has none of them in flash.
 */
class TextBuffer {
 public:
  /** Both arrays have `size` bytes, the last for the end. */
  TextBuffer(char* text, char* copy, uint8_t size) : text(text), copy(copy), size(size) {}

  /** Decodes a field in place; false where it spells no text, or one that is too long. */
  virtual bool read(char* field) const;
  /** Keeps as much as there is room for; what is no UTF-8 becomes `?`. Returns the number of the text. */
  virtual int32_t keep(const char* text);
  /** A copy that stays as it is until the next call. */
  virtual const char* snapshot();

 private:
  char* const text;
  char* const copy;
  const uint8_t size;
  uint8_t version;
};

}  // namespace carter
