#pragma once
#include <stdint.h>

namespace carter {

/** What becomes of a command, in the order of the words in phrases.cpp: it is refused, or accepted. */
enum class Result : uint8_t { RANGE, UNKNOWN, BUSY, LOCKED, DONE, MOVING };

inline bool isRefused(Result result) {
  return result < Result::DONE;
}

}  // namespace carter
