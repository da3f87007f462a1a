#pragma once
#include <stdint.h>

/** Lists of words in flash, as one string with `|` between them. */
namespace carter {

constexpr uint8_t NO_WORD = 255;

/** Where the word with this index begins; it ends at `|` or the end of the string. */
const char* nthWord(const char* list, uint8_t index);
/** Index of a word, or NO_WORD. */
uint8_t findWord(const char* list, const char* word);
uint8_t countWords(const char* list);

}  // namespace carter
