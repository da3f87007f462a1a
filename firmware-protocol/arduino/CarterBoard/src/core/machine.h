#pragma once
#include <stdint.h>

/**
 * What the core needs of the machine it runs on. Whoever links the core provides these functions; none may wait. They are
 * no virtual ones since on an AVR these cost memory and time in every byte of a line.
 */
namespace carter {
namespace machine {

/** The next byte from the host, or -1. */
int16_t read();
/** How many bytes `write` takes without waiting. */
uint8_t room();
void write(uint8_t byte);

uint32_t millis();

/** Memory that keeps its bytes without power, from 0 to BootCounter::BYTES - 1. */
uint8_t recall(uint8_t at);
/** False while it is still busy with the last byte. */
bool canStore();
void store(uint8_t at, uint8_t byte);

}  // namespace machine
}  // namespace carter
