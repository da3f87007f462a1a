#pragma once
#include "options.h"
#include "points.h"
#include "word-list.h"

/** Makes the constants of a declaration, at compile time. */
namespace carter {

/** What a declaration fixes before its options. */
struct Shape {
  const char* id;
  const char* label;
  const char* unit;
  const char* words;
  Role role;
  Type type;
  TextBuffer& (*text)();
};

constexpr int32_t fixedOf(double value, uint8_t places) {
  return static_cast<int32_t>(value * powerOfTen(places) + (value < 0 ? -0.5 : 0.5));
}

constexpr bool hasSafe(const Shape& shape, Safe safe) {
  return shape.role == Role::ACTUATOR && shape.type != Type::TEXT && !safe.none &&
         (safe.given || shape.type != Type::ENUM);
}

/** 0 where nothing is said, or the lowest value where that is above it. */
constexpr double safeOf(Safe safe, Range range) {
  return safe.given ? safe.value : range.given && range.low > 0 ? range.low : 0;
}

/** An output needs a step, so that host and board agree on what a value is rounded to: its smallest unit. */
constexpr int32_t stepOf(const Shape& shape, Step step, uint8_t places) {
  return step.size > 0 ? fixedOf(step.size, places) : shape.role == Role::ACTUATOR ? 1 : 0;
}

/** What an output without a range of its own may be. */
constexpr Range rangeOf(const Shape& shape, Range range) {
  return shape.type == Type::BOOLEAN ? Range{false, 0, 1}
         : shape.type == Type::ENUM  ? Range{false, 0, wordsFrom(shape.words) - 1.0}
                                     : range;
}

constexpr uint8_t hasOf(const Shape& shape, Range range, Step step, Safe safe) {
  return static_cast<uint8_t>((range.given ? 1 << PointInfo::LOWEST | 1 << PointInfo::HIGHEST : 0) |
                              (shape.type == Type::NUMBER && stepOf(shape, step, 0) > 0 ? 1 << PointInfo::STEP : 0) |
                              (hasSafe(shape, safe) ? 1 << PointInfo::SAFE : 0));
}

constexpr uint32_t leaseOf(bool safe, Lease lease) {
  return lease.given ? lease.ms : safe ? DEFAULT_LEASE : 0;
}

constexpr PointInfo pointOf(const Shape& s, uint8_t places, Range range, Step step, Safe safe) {
  return {{s.id, s.label, s.unit},
          s.words,
          {fixedOf(range.low, places), fixedOf(range.high, places), stepOf(s, step, places),
           fixedOf(safeOf(safe, range), places)},
          hasOf(s, range, step, safe), places, s.role, s.type, s.text};
}

template <class... Os>
constexpr uint8_t placesOf(Os... os) {
  return option(Decimals{0}, os...).places;
}

template <class... Os>
constexpr PointInfo describePoint(const Shape& shape, Os... os) {
  return pointOf(shape, placesOf(os...), rangeOf(shape, option(Range{false, 0, 0}, os...)), option(Step{0}, os...),
                 option(Safe{false, false, 0}, os...));
}

/** A number is said ten times a second at most where nothing else is said, other values fifty times. */
template <class... Os>
constexpr SensorInfo describeSensor(const Shape& shape, Os... os) {
  return {describePoint(shape, os...), fixedOf(option(Deadband{0}, os...).size, placesOf(os...)),
          option(Interval{static_cast<uint16_t>(shape.type == Type::NUMBER ? 100 : 20)}, os...).ms};
}

template <class... Os>
constexpr OutputInfo describeOutput(const Shape& shape, Put (*put)(int16_t), Os... os) {
  return {describePoint(shape, os...),
          leaseOf(hasSafe(shape, option(Safe{false, false, 0}, os...)), option(Lease{false, 0}, os...)),
          option(MaxOn{0}, os...).ms, option(MinOff{0}, os...).ms, option(Group{0}, os...).number, put};
}

/** Turns an output's value into what its handler takes. */
template <class Argument, uint8_t places>
struct As {
  static_assert(places == 0, "the handler of an output with decimals takes a float");
  static Argument of(int16_t value) { return static_cast<Argument>(value); }
};
template <uint8_t places>
struct As<float, places> {
  static float of(int16_t value) { return static_cast<float>(value) / powerOfTen(places); }
};
template <uint8_t places>
struct As<double, places> {
  static double of(int16_t value) { return static_cast<double>(value) / powerOfTen(places); }
};
template <uint8_t places>
struct As<const char*, places> {
  static const char* of(int16_t) { return Output::wishedText; }
};

/** Calls a handler, whether it says what became of the wish or leaves it at that. */
template <class Handler, Handler handler, uint8_t places>
struct Call;
template <class Argument, void (*handler)(Argument), uint8_t places>
struct Call<void (*)(Argument), handler, places> {
  static Put put(int16_t value) {
    handler(As<Argument, places>::of(value));
    return Put::done();
  }
};
template <class Argument, Put (*handler)(Argument), uint8_t places>
struct Call<Put (*)(Argument), handler, places> {
  static Put put(int16_t value) { return handler(As<Argument, places>::of(value)); }
};

}  // namespace carter
