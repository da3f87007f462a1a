#pragma once
#include "checks.h"

/**
 * Declarations of points. Each makes an object `name` whose id is its name; its texts and numbers go to flash. The options
 * at the end are those of options.h: range(0, 100), step(5), safe(20), lease(5000), …
 */

#define CARTER_NUMBER_SENSOR(name, label, unit, ...)                                                               \
  CARTER_TEXTS_(name, label, unit, "")                                                                             \
  CARTER_SENSOR_(name, NUMBER, nullptr, NumberSensorTakes, ##__VA_ARGS__)                                          \
  carter::NumberSensor<name##_about::places> name(&name##_info)

#define CARTER_BOOLEAN_SENSOR(name, label, ...)                                                                    \
  CARTER_TEXTS_(name, label, "", "")                                                                               \
  CARTER_SENSOR_(name, BOOLEAN, nullptr, SensorTakes, ##__VA_ARGS__)                                               \
  carter::BooleanSensor name(&name##_info)

/** `words` in one text: "idle|busy|broken". */
#define CARTER_ENUM_SENSOR(name, label, words, ...)                                                                \
  CARTER_TEXTS_(name, label, "", words)                                                                            \
  CARTER_CHECK_WORDS_(name, label, words)                                                                          \
  CARTER_SENSOR_(name, ENUM, nullptr, SensorTakes, ##__VA_ARGS__)                                                  \
  carter::EnumSensor name(&name##_info)

#define CARTER_TEXT_SENSOR(name, label, bytes, ...)                                                                \
  CARTER_TEXTS_(name, label, "", "")                                                                               \
  CARTER_TEXT_BUFFER_(name, bytes, TextSensor)                                                                     \
  CARTER_SENSOR_(name, TEXT, name##_text, SensorTakes, ##__VA_ARGS__)                                              \
  carter::TextSensor<bytes> name(&name##_info)

/** `names` of what can happen, in one text: "pressed|released". */
#define CARTER_EVENT(name, label, names)                                                                           \
  CARTER_TEXTS_(name, label, "", names)                                                                            \
  static_assert(carter::areEventNames(names), #name ": names of events are a-z, 0-9 and _, as ids are");           \
  static_assert(carter::wordsFrom(names) <= carter::MAX_WORDS, #name ": an event has at most 16 names");           \
  static constexpr carter::PointInfo name##_info CARTER_FLASH =                                                    \
      carter::describePoint(CARTER_SHAPE_(name, EVENT, NONE, nullptr));                                            \
  carter::Event name(&name##_info)

/** `handler` is `void handler(bool on)`, or returns carter::Put. */
#define CARTER_BOOLEAN_OUTPUT(name, label, handler, ...)                                                           \
  CARTER_TEXTS_(name, label, "", "")                                                                               \
  CARTER_OUTPUT_(name, BOOLEAN, handler, nullptr, BooleanOutputTakes, 2, ##__VA_ARGS__)                            \
  carter::BooleanOutput name(&name##_info)

/** `handler` is `void handler(int value)`, of a float where there are decimals, or returns carter::Put. */
#define CARTER_NUMBER_OUTPUT(name, label, unit, handler, ...)                                                      \
  CARTER_TEXTS_(name, label, unit, "")                                                                             \
  CARTER_OUTPUT_(name, NUMBER, handler, nullptr, NumberOutputTakes, 0, ##__VA_ARGS__)                              \
  static_assert(carter::has(name##_about::info().point, carter::PointInfo::LOWEST), #name ": say its range(low, high)"); \
  carter::NumberOutput<name##_about::places> name(&name##_info)

/** `handler` is `void handler(uint8_t word)`, or returns carter::Put. */
#define CARTER_ENUM_OUTPUT(name, label, words, handler, ...)                                                       \
  CARTER_TEXTS_(name, label, "", words)                                                                            \
  CARTER_CHECK_WORDS_(name, label, words)                                                                          \
  CARTER_OUTPUT_(name, ENUM, handler, nullptr, EnumOutputTakes, carter::wordsFrom(words), ##__VA_ARGS__)           \
  carter::EnumOutput name(&name##_info)

/** `handler` is `void handler(const char* text)`, or returns carter::Put. It has no safe value and no lease. */
#define CARTER_TEXT_OUTPUT(name, label, bytes, handler)                                                            \
  CARTER_TEXTS_(name, label, "", "")                                                                               \
  CARTER_TEXT_BUFFER_(name, bytes, TextOutput)                                                                     \
  CARTER_OUTPUT_(name, TEXT, handler, name##_text, SensorTakes, 0)                                                 \
  carter::TextOutput<bytes> name(&name##_info)

// What these are made of ----------------------------------------------------------------------------------------------

#define CARTER_TEXTS_(name, label, unit, words)                                                                    \
  static_assert(carter::isGoodId(#name), #name ": an id is a-z, 0-9 and _, at most 16 long, and not reserved");    \
  static_assert(carter::widthOf(label) <= carter::MAX_LABEL, #name ": its label is too long");                     \
  static_assert(carter::widthOf(unit) <= carter::MAX_UNIT, #name ": its unit is too long");                        \
  static const char name##_id[] CARTER_FLASH = #name;                                                              \
  static const char name##_label[] CARTER_FLASH = label;                                                           \
  static const char name##_unit[] CARTER_FLASH = unit;                                                             \
  static constexpr char name##_words[] CARTER_FLASH = words;

#define CARTER_CHECK_WORDS_(name, label, words)                                                                    \
  static_assert(carter::wordsFrom(words) >= 2 && carter::wordsFrom(words) <= carter::MAX_WORDS,                    \
                #name ": an enum has 2 to 16 words");                                                              \
  static_assert(carter::wordsDiffer(words), #name ": its words must differ");                                      \
  static_assert(carter::wordsFit(words), #name ": one of its words is too long");                                  \
  static_assert(carter::lineFits(#name, label, words), #name ": label and words are too long together");

#define CARTER_TEXT_BUFFER_(name, bytes, Kind)                                                                     \
  static_assert(bytes >= 1 && bytes <= carter::MAX_TEXT, #name ": a text has 1 to 48 bytes");                                    \
  extern carter::Kind<bytes> name;                                                                                 \
  static carter::TextBuffer& name##_text() { return name.buffer; }

#define CARTER_SHAPE_(name, role, type, text) \
  carter::Shape { name##_id, name##_label, name##_unit, name##_words, carter::Role::role, carter::Type::type, text }

/** The options are worked out within a class that knows their words. */
#define CARTER_SENSOR_(name, type, text, Takes, ...)                                                               \
  struct name##_about : carter::Options {                                                                          \
    static constexpr uint8_t places = carter::placesOf(__VA_ARGS__);                                               \
    static_assert(carter::Takes::all(__VA_ARGS__), #name ": one of its options is not for this kind of point");    \
    static constexpr carter::SensorInfo info();                                                                    \
  };                                                                                                               \
  constexpr carter::SensorInfo name##_about::info() {                                                              \
    return carter::describeSensor(CARTER_SHAPE_(name, SENSOR, type, text), ##__VA_ARGS__);                         \
  }                                                                                                                \
  CARTER_CHECK_NUMBERS_(name)                                                                                      \
  static constexpr carter::SensorInfo name##_info CARTER_FLASH = name##_about::info();

#define CARTER_OUTPUT_(name, type, handler, text, Takes, words, ...)                                               \
  struct name##_about : carter::Options {                                                                          \
    static constexpr uint8_t places = carter::placesOf(__VA_ARGS__);                                               \
    static_assert(carter::Takes::all(__VA_ARGS__), #name ": one of its options is not for this kind of point");    \
    static constexpr carter::OutputInfo info();                                                                    \
  };                                                                                                               \
  constexpr carter::OutputInfo name##_about::info() {                                                              \
    return carter::describeOutput(CARTER_SHAPE_(name, ACTUATOR, type, text),                                       \
                                  carter::Call<decltype(&handler), &handler, places>::put, ##__VA_ARGS__);         \
  }                                                                                                                \
  CARTER_CHECK_NUMBERS_(name)                                                                                      \
  static_assert(carter::safeIsGood(name##_about::info().point, words), #name ": its safe value is none of its values"); \
  static_assert(carter::leaseIsGood(name##_about::info()),                                                         \
                #name ": a lease is 0 or 2500 to 3600000 ms, and needs a safe value");                             \
  static_assert(carter::limitsAreGood(name##_about::info()), #name ": limits end at 999999999 ms");                \
  static constexpr carter::OutputInfo name##_info CARTER_FLASH = name##_about::info();

#define CARTER_CHECK_NUMBERS_(name)                                                                                \
  static_assert(name##_about::places <= 6, #name ": at most 6 decimals");                                          \
  static_assert(carter::rangeIsGood(name##_about::info().point), #name ": range(low, high), low below high; of an output within 16383 smallest units"); \
  static_assert(carter::stepIsGood(name##_about::info().point), #name ": a step is above 0, within its decimals");
