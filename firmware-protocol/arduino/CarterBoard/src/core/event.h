#pragma once
#include "point.h"

namespace carter {

/** Something that happens. It is counted, up to 65535 and on from 0; the names of the last four are kept until they are said. */
class Event : public Point {
 public:
  explicit Event(const PointInfo* info) : Point(info) {}

  /** It happened: the name with this index, in its declaration. Not from within an interrupt. */
  void happened(uint8_t name = 0);

  /** Takes the next one that is to be said, and returns its count. Those before the last four are counted only. */
  uint16_t takeNext();
  /** The name of the one that was taken just now, as its index. */
  uint8_t name() const;
  /** Forgets what has happened while nobody listens. */
  void pass(bool greeted);

  /** The count of the last one that was said; what a reading may say. */
  uint16_t said;

 private:
  uint16_t count;
  /** The last four names, the latest in the lowest four bits. */
  uint16_t names;
};

}  // namespace carter
