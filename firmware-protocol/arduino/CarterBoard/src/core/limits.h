#pragma once
#include <stdint.h>

/** The numbers of the protocol, as its page has them. */
namespace carter {

constexpr uint8_t PROTOCOL = 1;

/** Longest line from the host, and longest from the board, in bytes, newline included. */
constexpr uint8_t MAX_HOST_LINE = 60;
constexpr uint8_t MAX_BOARD_LINE = 200;

/** Bytes of a star, a checksum and a newline. */
constexpr uint8_t SEAL = 10;

/** Bytes that a board receives while its sketch does something else: an AVR has a ring of 64 with one place free. */
constexpr uint8_t RECEIVE_BUFFER = 63;

/** Largest whole number of a field, and most digits of a number. */
constexpr int32_t MAX_INTEGER = 999999999;
constexpr uint8_t MAX_DIGITS = 9;
/** Command ids, event counts and the count of dropped lines end here. */
constexpr uint16_t MAX_COUNTER = 65535;

constexpr uint8_t MAX_POINTS = 64;
constexpr uint8_t MAX_WORDS = 16;
/** Most bytes of an id as it is, of other texts as they are written on the line. */
constexpr uint8_t MAX_ID = 16;
constexpr uint8_t MAX_LABEL = 40;
constexpr uint8_t MAX_UNIT = 16;
constexpr uint8_t MAX_NAME = 40;
/** Most bytes of a text value here, each of which may take three on the line. */
constexpr uint8_t MAX_TEXT = 48;

/** In milliseconds. */
constexpr uint32_t MIN_LEASE = 2500;
constexpr uint32_t MAX_LEASE = 3600000;
constexpr uint32_t DEFAULT_LEASE = 3000;
constexpr uint16_t MAX_PULSE = 60000;

/** All values are said at least every 5 s; the rest is for a sketch that was busy, and for the line. */
constexpr uint16_t READINGS_MS = 4900;

/** Commands whose answers are remembered. */
constexpr uint8_t REMEMBERED = 8;

}  // namespace carter
