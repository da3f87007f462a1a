#pragma once
#include <stdint.h>

#include "put.h"

namespace carter {

enum class Role : uint8_t { SENSOR, ACTUATOR, EVENT };
enum class Type : uint8_t { NONE, BOOLEAN, NUMBER, ENUM, TEXT };

class TextBuffer;

/** What a point is: a constant in flash. Its numbers are in its smallest unit, times in milliseconds. */
struct PointInfo {
  enum Text : uint8_t { ID, LABEL, UNIT };
  enum Number : uint8_t { LOWEST, HIGHEST, STEP, SAFE };

  const char* texts[3];
  /** The words of an enum, or the names of an event. */
  const char* words;
  int32_t numbers[4];
  /** Which of the numbers it has, a bit for each. */
  uint8_t has;
  uint8_t decimals;
  Role role;
  Type type;
  /** Where a text point keeps its text. */
  TextBuffer& (*text)();
};

struct SensorInfo {
  PointInfo point;
  int32_t deadband;
  uint16_t interval;
};

struct OutputInfo {
  PointInfo point;
  uint32_t lease;
  /** The board's own limits, which a host can only tighten. */
  uint32_t maxOn, minOff;
  uint8_t group;
  /** Puts it to a value; a text output finds its text in `Output::wishedText`. */
  Put (*put)(int16_t value);
};

/** Who a board is: a constant in flash. */
struct BoardInfo {
  enum Text : uint8_t { ID, FIRMWARE, NAME };

  const char* texts[3];
};

}  // namespace carter
