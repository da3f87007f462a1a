#pragma once
#include <stdint.h>

#include "answers.h"
#include "boot-counter.h"
#include "line-writer.h"
#include "point.h"

namespace carter {

/** Chooses what to say next, the most urgent first, and says it part by part, only as far as the machine has room. */
class Speaker {
 public:
  explicit Speaker(const BoardInfo* info) : info(info) {}

  /** Does a little of what there is to do; false where there was nothing. */
  CARTER_ONCE bool speak();

  /** The board has started, or was spoken to as if it had not. */
  void helloUnasked() { unasked = true; }
  /** The host said hello; true where this is a new session: what belongs to the one before is forgotten. */
  bool helloAsked(uint32_t nonce);
  /** Whether a host has said hello since the start. */
  bool hasHost() const { return greeted; }
  /** Something is due of a point (see Point::Flag). */
  void news(uint8_t what) { due |= what; }
  /** A line for people, from flash; false where the one before was not said yet, or nobody listens. */
  bool log(const char* text);

  Answers answers;
  BootCounter boots;

 private:
  bool choose();
  void chooseAnswer();
  bool chooseHello();
  bool chooseNews(const uint8_t* phrase, uint8_t what);
  Point* nextDue(Point* from, uint8_t what) const;
  void begin(const uint8_t* parts, uint8_t mode);

  void say(uint8_t part);
  CARTER_ONCE void sayText(const char* text);
  void sayWord(uint8_t word);
  void sayNumber(int32_t value);
  void sayValue();
  bool hasRoom() const;
  void nextPoint();
  void close();

  const BoardInfo* const info;
  /** The rest of the line that is being said; null: none. And its beginning. */
  const uint8_t* rest;
  const uint8_t* phrase;
  /** What the line is about. */
  Point* point;
  Answers::Answer answered;
  /** The words of an enum that are still to be described; the name of an event. */
  const char* words;
  const char* logText;
  /** Of the session. */
  uint32_t nonce;
  uint32_t fingerprint;
  bool fingerprinted;
  bool greeted;
  bool unasked;
  bool asked;
  bool answersHello;
  uint8_t seq;
  uint8_t due;
  LineWriter writer;
};

}  // namespace carter
