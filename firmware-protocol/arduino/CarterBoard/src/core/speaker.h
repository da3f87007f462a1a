#pragma once
#include <stdint.h>

#include "answers.h"
#include "line-writer.h"
#include "state.h"

namespace carter {

/** Chooses what to say next, the most urgent first, and says it part by part, only as far as the machine has room. */
class Speaker {
 public:
  explicit Speaker(State* state) : state(*state) {}

  /** Does a little of what there is to do; false where there is nothing, or no room. */
  CARTER_ONCE bool speak();

  /** The board has started, or was spoken to as if it had not. */
  void helloUnasked() { unasked = true; }
  void helloAsked() { asked = true; }
  /** Something is due of a point (see Point::Flag). */
  void news(uint8_t what) { due |= what; }
  /** A line for people, from flash; false where the one before was not said yet, or nobody listens. */
  bool log(const char* text);
  /** Forgets what belongs to the session before. */
  void newSession();

  Answers answers;

 private:
  bool choose();
  bool chooseAnswer();
  bool chooseNews(const uint8_t* phrase, uint8_t what);
  Point* nextDue(Point* from, uint8_t what) const;
  void begin(const uint8_t* parts, uint8_t mode);

  void say(uint8_t part);
  void sayWord(uint8_t word);
  void sayPoint(uint8_t part);
  void sayNumber(int32_t value);
  void sayValue();
  bool hasRoom() const;
  void nextPoint();
  void close();

  State& state;
  LineWriter writer;
  /** The rest of the line that is being said; null: none. And its beginning. */
  const uint8_t* rest;
  const uint8_t* phrase;
  /** What the line is about. */
  Point* point;
  Answers::Answer answered;
  /** The word of an enum that comes next in its description; the name of an event. */
  uint8_t option;
  uint8_t seq;
  bool unasked;
  bool asked;
  bool answersHello;
  uint8_t due;
  bool fingerprinted;
  uint32_t fingerprint;
  const char* logText;
};

}  // namespace carter
