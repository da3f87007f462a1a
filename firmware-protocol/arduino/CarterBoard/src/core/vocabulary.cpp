#include "vocabulary.h"

#include "flash.h"
#include "words.h"

namespace carter {

static const char VERBS[] CARTER_FLASH = "hello|describe|reading|set|pulse|alive|stop|limit";
static const char ANSWERS[] CARTER_FLASH = "event|ack|nak|log|ok|no:|points";
static const char RESULT_WORDS[] CARTER_FLASH = "range|unknown|busy|locked|done|moving|-|?";
static const char OTHERS[] CARTER_FLASH = "info|warn|1|63|:|,";
static const char KINDS[] CARTER_FLASH = "sensor|actuator|event|-|boolean|number|enum|text";

static const char* const LISTS[] CARTER_FLASH = {VERBS, ANSWERS, RESULT_WORDS, OTHERS, KINDS};

const char* wordOf(uint8_t word) {
  return nthWord(flash(LISTS[word >> 3]), word & 7);
}

Verb verbOf(const char* word) {
  const uint8_t index = findWord(VERBS, word);
  return index == NO_WORD ? Verb::NONE : static_cast<Verb>(index);
}

}  // namespace carter
