#pragma once
#include <stdint.h>

#include "info.h"
#include "limits.h"

/** What can be said of a point in its declaration, beyond its name and label. All of it is worked out by the compiler. */
namespace carter {

struct Decimals { uint8_t places; };
struct Range { bool given; double low, high; };
struct Step { double size; };
struct Safe { bool given, none; double value; };
struct Lease { bool given; uint32_t ms; };
struct Deadband { double size; };
struct Interval { uint16_t ms; };
struct MaxOn { uint32_t ms; };
struct MinOff { uint32_t ms; };
struct Group { uint8_t number; };

/** The option of this type among the others, or `otherwise`. */
template <class T>
constexpr T option(T otherwise) {
  return otherwise;
}
template <class T, class... Rest>
constexpr T option(T, T found, Rest...) {
  return found;
}
template <class T, class Other, class... Rest>
constexpr T option(T otherwise, Other, Rest... rest) {
  return option(otherwise, rest...);
}

template <class A, class B>
struct Same { static constexpr bool value = false; };
template <class A>
struct Same<A, A> { static constexpr bool value = true; };

/** Whether options are all of these types. */
template <class... Types>
struct Takes;
template <>
struct Takes<> {
  template <class T>
  static constexpr bool one() { return false; }
};
template <class First, class... Types>
struct Takes<First, Types...> {
  template <class T>
  static constexpr bool one() { return Same<First, T>::value || Takes<Types...>::template one<T>(); }
  static constexpr bool all() { return true; }
  template <class T, class... Rest>
  static constexpr bool all(T, Rest... rest) { return one<T>() && all(rest...); }
};

typedef Takes<Decimals, Range, Step, Deadband, Interval> NumberSensorTakes;
typedef Takes<Interval> SensorTakes;
typedef Takes<Safe, Lease, MaxOn, MinOff, Group> BooleanOutputTakes;
typedef Takes<Decimals, Range, Step, Safe, Lease> NumberOutputTakes;
typedef Takes<Safe, Lease> EnumOutputTakes;

/** The words of declarations. */
struct Options {
  /** Digits behind the point, 0 to 6. */
  static constexpr Decimals decimals(uint8_t places) { return {places}; }
  /** Lowest and highest value: hints of a sensor, limits of an output. */
  static constexpr Range range(double low, double high) { return {true, low, high}; }
  static constexpr Step step(double size) { return {size}; }
  /** What an output is put to when in doubt; a boolean's or number's is 0 where nothing else is said. */
  static constexpr Safe safe(double value) { return {true, false, value}; }
  /** In doubt it is left alone. */
  static constexpr Safe noSafe() { return {true, true, 0}; }
  /** Milliseconds without a host after which an output becomes safe; 0: never. */
  static constexpr Lease lease(uint32_t ms) { return {true, ms}; }
  /** A smaller change is not said at once. */
  static constexpr Deadband deadband(double size) { return {size}; }
  /** Shortest time between two readings of a sensor, in milliseconds. */
  static constexpr Interval interval(uint16_t ms) { return {ms}; }
  /** Longest time away from its safe value, and shortest time there, in milliseconds. */
  static constexpr MaxOn maxOn(uint32_t ms) { return {ms}; }
  static constexpr MinOff minOff(uint32_t ms) { return {ms}; }
  /** Of the outputs with the same number, 1 to 255, at most one is away from its safe value. */
  static constexpr Group group(uint8_t number) { return {number}; }
};

}  // namespace carter
