#ifndef SHAPES_H__
#define SHAPES_H__

class Shape
{
public:
    virtual ~Shape() {}
    virtual int area() const = 0;
};

class Square : public Shape
{
public:
    explicit Square(int side) : side(side) {}
    int area() const { return side * side; }

private:
    int side;
};

#endif
