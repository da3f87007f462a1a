#pragma once
#include <stdint.h>

#if defined(__AVR__)
#include <avr/pgmspace.h>
#define CARTER_FLASH PROGMEM
/**
 * One copy of a function in flash, and that a small one: the compiler would rather have several that are a little faster,
 * and with these optimizations even -Os makes more of them than it saves.
 */
#define CARTER_ONCE                                                                                                 \
  __attribute__((noinline, noclone,                                                                                 \
                 optimize("no-ipa-cp,no-optimize-sibling-calls,no-move-loop-invariants,no-tree-dominator-opts")))
#else
#define CARTER_FLASH
#define CARTER_ONCE
#endif

/** Constants that stay in flash: on an AVR they cost no RAM, but are read by instructions of their own. */
namespace carter {

#if defined(__AVR__)

template <unsigned size>
struct FlashBytes;
template <>
struct FlashBytes<1> {
  typedef uint8_t type;
  static type read(const void* at) { return pgm_read_byte(at); }
};
template <>
struct FlashBytes<2> {
  typedef uint16_t type;
  static type read(const void* at) { return pgm_read_word(at); }
};
template <>
struct FlashBytes<4> {
  typedef uint32_t type;
  CARTER_ONCE static type read(const void* at) { return pgm_read_dword(at); }
};

/** The value of a constant in flash. */
template <class T>
inline T flash(const T& at) {
  union {
    typename FlashBytes<sizeof(T)>::type bytes;
    T value;
  } read;
  read.bytes = FlashBytes<sizeof(T)>::read(&at);
  return read.value;
}

#else

template <class T>
inline T flash(const T& at) {
  return at;
}

#endif

}  // namespace carter
