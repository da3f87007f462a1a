#include "point.h"

namespace carter {

Point* Point::first;
uint8_t Point::count;

Point::Point(const PointInfo* info) : role(flash(info->role)), type(flash(info->type)), info(info) {
  Point** end = &first;
  while (*end != nullptr) end = &(*end)->next;
  *end = this;
  count++;
}

}  // namespace carter
