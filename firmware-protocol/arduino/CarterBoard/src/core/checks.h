#pragma once
#include "build-info.h"
#include "text.h"

/** What a declaration must keep, checked by the compiler. */
namespace carter {

constexpr bool sameText(const char* a, const char* b) {
  return *a == *b && (*a == '\0' || sameText(a + 1, b + 1));
}

constexpr bool idGoesOn(const char* id, uint8_t length) {
  return *id == '\0' ? length <= MAX_ID
                     : ((*id >= 'a' && *id <= 'z') || (*id >= '0' && *id <= '9') || *id == '_') &&
                           idGoesOn(id + 1, length + 1);
}

constexpr bool isGoodId(const char* id) {
  return *id >= 'a' && *id <= 'z' && idGoesOn(id, 0) && !sameText(id, "msg_type") && !sameText(id, "bridge") &&
         !sameText(id, "e2ee");
}

/** Bytes of a text as a field, from here to its end. */
constexpr unsigned widthFrom(const char* text, bool inList) {
  return ends(*text, inList) ? 0 : (isPlain(*text) ? 1 : 3) + widthFrom(text + 1, inList);
}

constexpr unsigned widthOf(const char* text, bool inList = false) {
  return ends(*text, inList) ? 1
         : ends(text[1], inList) && (*text == '-' || *text == '?') ? 3
                                                                  : widthFrom(text, inList);
}

constexpr bool sameWord(const char* a, const char* b) {
  return ends(*a, true) ? ends(*b, true) : *a == *b && sameWord(a + 1, b + 1);
}

constexpr bool isAmong(const char* word, const char* list) {
  return sameWord(word, list) || (hasNext(list) && isAmong(word, nextOf(list)));
}

constexpr bool wordsDiffer(const char* list) {
  return !hasNext(list) || (!isAmong(list, nextOf(list)) && wordsDiffer(nextOf(list)));
}

constexpr bool wordsFit(const char* list) {
  return widthOf(list, true) <= MAX_LABEL && (!hasNext(list) || wordsFit(nextOf(list)));
}

/** Bytes of a list as fields, each with its space. */
constexpr unsigned wordsWidth(const char* list) {
  return 1 + widthOf(list, true) + (hasNext(list) ? wordsWidth(nextOf(list)) : 0);
}

constexpr bool isEventName(const char* word, uint8_t length = 0) {
  return ends(*word, true) ? length > 0 && length <= MAX_ID
                           : ((*word >= 'a' && *word <= 'z') ||
                              (length > 0 && ((*word >= '0' && *word <= '9') || *word == '_'))) &&
                                 isEventName(word + 1, length + 1);
}

constexpr bool areEventNames(const char* list) {
  return isEventName(list) && !sameWord(list, "msg_type") && !sameWord(list, "bridge") && !sameWord(list, "e2ee") &&
         (!hasNext(list) || areEventNames(nextOf(list)));
}

/** Whether a description of this enum fits one line. */
constexpr bool lineFits(const char* id, const char* label, const char* words) {
  return sizeof("255 describe 63 ") - 1 + widthFrom(id, false) + sizeof(" actuator enum  - - - - 15 3600000") - 1 +
             widthOf(label) + wordsWidth(words) + SEAL <=
         MAX_BOARD_LINE;
}

constexpr bool has(const PointInfo& info, PointInfo::Number number) {
  return info.has & 1 << number;
}

constexpr int32_t numberOf(const PointInfo& info, PointInfo::Number number) {
  return info.numbers[number];
}

/** Sensors count in 32 bits; an output in 16, which is enough for what hangs on pins and a good deal cheaper. */
constexpr int32_t mostOf(const PointInfo& info) {
  return info.role == Role::ACTUATOR ? 16383 : MAX_INTEGER;
}

constexpr bool rangeIsGood(const PointInfo& info) {
  return !has(info, PointInfo::LOWEST) ||
         (numberOf(info, PointInfo::LOWEST) < numberOf(info, PointInfo::HIGHEST) &&
          numberOf(info, PointInfo::LOWEST) >= -mostOf(info) && numberOf(info, PointInfo::HIGHEST) <= mostOf(info));
}

constexpr bool stepIsGood(const PointInfo& info) {
  return !has(info, PointInfo::STEP) || (numberOf(info, PointInfo::STEP) > 0 && numberOf(info, PointInfo::STEP) <= mostOf(info));
}

/** `words`: how many values an enum has, 2 for a boolean. */
constexpr bool safeIsGood(const PointInfo& info, unsigned words) {
  return !has(info, PointInfo::SAFE) ||
         (info.type == Type::NUMBER ? numberOf(info, PointInfo::SAFE) >= numberOf(info, PointInfo::LOWEST) && numberOf(info, PointInfo::SAFE) <= numberOf(info, PointInfo::HIGHEST)
                                    : numberOf(info, PointInfo::SAFE) >= 0 && numberOf(info, PointInfo::SAFE) < static_cast<int32_t>(words));
}

constexpr bool leaseIsGood(const OutputInfo& info) {
  return info.lease == 0 || (has(info.point, PointInfo::SAFE) && info.lease >= MIN_LEASE && info.lease <= MAX_LEASE);
}

constexpr bool limitsAreGood(const OutputInfo& info) {
  return info.maxOn <= static_cast<uint32_t>(MAX_INTEGER) && info.minOff <= static_cast<uint32_t>(MAX_INTEGER);
}

}  // namespace carter
