#include "point.h"

namespace carter {

Point* Point::first;
uint8_t Point::count;

Point::Point(const PointInfo* info) : info(info), role(flash(info->role)), type(flash(info->type)) {
  Point** end = &first;
  while (*end != nullptr) end = &(*end)->next;
  *end = this;
  count++;
}

}  // namespace carter
