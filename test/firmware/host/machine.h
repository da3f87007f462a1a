#pragma once
#include <stdint.h>

#include <string>

/** The machine that the core runs on here: a line in memory, and a time that is told. */
namespace host {

/** Bytes on their way. */
extern std::string toBoard, fromBoard;
/** Of those to the board, how many it has not taken yet. */
size_t pending();
/** Milliseconds since the start. */
extern uint32_t now;
/** How many bytes the machine takes without waiting. */
extern uint8_t room;

}  // namespace host
